"""An assistant: the client of the package `mcp`, talking to `trialbell mcp` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

COMMAND = Path(sys.executable).parent / "trialbell"


Question = tuple[str, dict[str, Any]]


def asked(
    folder: Path, questions: Sequence[Question], follow: Question, *more: str
) -> tuple[Any, list[Any], list[Any]]:
    """What `tools/list` answers, each question's answer, and the pages of one that is followed to its end."""
    return asyncio.run(_asked(folder, questions, follow, more))


async def _asked(folder: Path, questions: Sequence[Question], follow: Question, more: Sequence[str]) -> Any:
    server = StdioServerParameters(
        command=str(COMMAND), args=["mcp", *more], cwd=folder, env={"PATH": os.environ["PATH"]}
    )
    async with Client(server) as client:
        tools = await client.list_tools()
        answers = [await client.call_tool(name, arguments) for name, arguments in questions]
        name, arguments = follow
        pages = [await client.call_tool(name, arguments)]
        while (cursor := pages[-1].structured_content["data"]["next"]) is not None:
            pages.append(await client.call_tool(name, {**arguments, "cursor": cursor}))
        return tools, answers, pages
