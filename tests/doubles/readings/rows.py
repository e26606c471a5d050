"""The rows and sentences of the specification of changes that a comparison of two records can show, and the readings
that cover each. What only events, steps, time or a sweep show has its own tests."""

from __future__ import annotations

Rows = dict[str, tuple[str, ...]]

CRITICAL: Rows = {
    "status to SUSPENDED": (
        "recruiting to suspended with a reason",
        "recruiting to suspended without a reason",
    ),
    "status to TERMINATED": (
        "terminated early for futility, all ends with it",
        "suspended to terminated with another reason",
    ),
    "status to WITHDRAWN": (
        "withdrawn before the first participant",
        "recruiting to withdrawn although it recruited",
    ),
    "from SUSPENDED back to recruiting": ("suspended back to recruiting", "suspension undone in a day"),
    "whyStopped appears": ("reason for stopping appears later", "recruiting to suspended with a reason"),
    "whyStopped changes meaning": (
        "reason for stopping changes its meaning",
        "reason for stopping turned around by one word",
    ),
    "results posted": ("results posted", "submitted results get posted, the annotation goes"),
    "results taken down": ("results taken down",),
    "a primary outcome added": (
        "primary outcome added while recruiting",
        "primary outcome replaced by another",
    ),
    "a primary outcome dropped": ("primary outcome dropped while recruiting",),
    "a primary outcome moved to secondary": (
        "primary outcome demoted to secondary",
        "outcome switching with a cut in numbers",
    ),
    "a primary outcome moved from secondary": (
        "secondary outcome promoted to primary",
        "primary and secondary outcome swapped",
    ),
    "an FDAAA violation notice": (
        "violation notice",
        "penalty imposed",
        "violation flag in the oversight module",
    ),
}

MAJOR: Rows = {
    "every other status change": (
        "recruiting to active, not recruiting",
        "suspended to completed",
        "recruiting turns unknown",
        "expanded access paused",
    ),
    "enrolment changed by 20 % or more": (
        "enrolment raised by exactly a fifth",
        "enrolment cut by half",
        "enrolment from zero",
    ),
    "enrolment ESTIMATED → ACTUAL": (
        "enrolment actual with the planned number",
        "enrolment actual, three below the plan",
    ),
    "start moved 30 days or more": ("start slips before the study began and all follows",),
    "primary completion moved 30 days or more": (
        "primary completion slips 214 days",
        "primary completion moves exactly 30 days",
        "primary completion brought forward 90 days",
    ),
    "completion moved 30 days or more": ("completion brought forward a year and more",),
    "start become ACTUAL": ("start actual, 9 days before the plan",),
    "primary completion become ACTUAL": ("primary completion actual on the planned day",),
    "completion become ACTUAL": ("active to completed",),
    "an ACTUAL date corrected": (
        "actual start corrected by 23 days",
        "actual completion corrected by one day",
        "actual primary completion corrected backwards",
    ),
    "phase": ("phase 2 becomes 3", "phase 2 becomes 2/3", "phase was not given"),
    "allocation": ("randomisation given up",),
    "masking": ("blinding given up", "fewer are blinded"),
    "model": ("model changes to crossover", "observational model changes"),
    "lead sponsor": ("lead sponsor changes hands", "sponsor was a person"),
    "arms added": ("arm added",),
    "arms dropped": ("arm dropped", "control dropped, the other relabelled"),
    "interventions added": ("intervention added",),
    "interventions dropped": ("intervention dropped",),
    "eligibility criteria": ("kidney function limit lowered", "criterion added", "criterion dropped"),
    "ages": ("minimum age lowered to twelve", "maximum age taken out", "minimum age in months"),
    "sex": ("sex narrowed",),
    "a primary outcome reworded": ("primary outcome reworded", "primary measure and time frame together"),
    "a primary outcome's time frame changed": (
        "primary time frame halved",
        "primary time frame moved by exactly a tenth",
        "primary time frame in another unit",
    ),
    "results submitted": ("results submitted", "results submitted a second time"),
    "results returned": ("results returned by quality control",),
    "results withdrawn before posting": (
        "results withdrawn before posting",
        "results withdrawn on an unknown day",
    ),
    "certificate of delay": ("certificate of delay", "certificate of delay, submitted alone"),
    "a country opened": ("recruiting site in a new country", "first site of a listed country recruits"),
    "a country closed": ("both Japanese sites withdrawn", "all Japanese sites leave the list"),
    "protocol added": ("protocol added", "newer protocol beside the old one"),
    "SAP added": ("analysis plan added", "protocol with its analysis plan in one file"),
    "consent document added": ("consent form added",),
}

MINOR: Rows = {
    "a flag stated as false where it was absent": (
        "monitoring committee stated as none",
        "device flag stated as false",
        "healthy volunteers stated as no",
        "patient registry flag",
    ),
    "a flag stated as false, or back": (
        "monitoring committee no longer stated",
        "expanded access no longer stated",
    ),
    "single sites": ("site removed", "site begins to recruit", "one site added in a country that recruits"),
    "contacts": ("phone number of the study's contact", "another contact at a site"),
    "officials": ("study director changes",),
    "secondary outcomes reworded": ("secondary outcome reworded", "secondary time frame"),
    "descriptions": ("detailed description: one number", "brief summary reworded", "arm described otherwise"),
    "keywords": ("keyword dropped and one added", "bookkeeping beside one keyword"),
    "collaborators": ("collaborator joins", "only collaborator leaves"),
    "references": ("background reference added", "reference taken out"),
    "a DERIVED reference that appears": ("publication linked by PubMed", "first reference of a record"),
    "a time frame moved by less than a tenth": ("primary time frame moved by less than a tenth",),
    "a date moved by less than 30 days": ("primary completion moves 29 days", "completion moves 12 days"),
    "enrolment changed by less than 20 %": (
        "enrolment raised by a little less than a fifth",
        "actual enrolment corrected by three",
    ),
    "a field that the table does not know": ("a field that nobody knows", "a module that nobody knows"),
    "a citation that says retracted": (
        "citation now says retracted",
        "retraction listed beside the citation",
    ),
}

NOISE: Rows = {
    "browse modules come and go": (
        "condition terms vanish as a whole",
        "intervention terms appear",
        "browse leaves and branches appear",
        "terms renumbered",
    ),
    "the rest of derivedSection": ("model predictions appear", "a new derived module"),
    "removedCountries": ("removedCountries alone",),
    "a submission's second place, once the first has told it": (
        "the annotation section catches up",
        "the second submission reaches the annotation",
    ),
    "geoPoint": ("map point moved", "map points of all sites recomputed", "map points vanish"),
    "a city respelt": ("city with its accent", "facility and city with other punctuation"),
    "a state respelt": ("province respelt",),
    "a facility respelt": ("facility in capitals", "facility and city with other punctuation"),
    "damaged accents flip back and forth": ("damaged accents repaired", "accents damaged again"),
    "a known pmid's citation rewritten": ("citation of a known pmid rewritten",),
    "a province filled in or repaired": (
        "province and postcode filled in",
        "provinces filled in and the list sorted anew",
    ),
    "a postcode filled in or repaired": (
        "postcode filled in",
        "postcode repaired",
        "postcodes lose their dash",
        "stray accent taken from a postcode",
    ),
    "site statuses and contacts that vanish because the study ended": (
        "statuses and contacts vanish after the end",
    ),
    "order of a list whose order means nothing": (
        "everything in another order",
        "arms in another order",
        "documents in another order",
        "collaborators in another order",
    ),
    "whitespace": ("text with a hard space and a wrapped line", "descriptions with other markup"),
    "letters' case": ("title in sentence case", "sponsor in capitals", "criteria headings in capitals"),
    "markup of text": ("criteria with other escapes", "criteria with another bullet"),
    "HTML entities": ("criteria with entities", "all texts with other markup"),
    "line ends": ("criteria with other line ends and spaces",),
    "a date made more precise without moving": ("month filled in to a day", "actual start made precise"),
    "a date made less precise without moving": ("day reduced to its month",),
    "lastKnownStatus": ("lastKnownStatus alone",),
    "lastUpdateSubmitDate and lastUpdatePostDateStruct": ("bookkeeping dates alone",),
    "statusVerifiedDate": ("verified, not updated",),
    "studyFirst…": ("first dates rewritten",),
    "the type of any post date": (
        "an estimated post date becomes actual",
        "type of the results' post date",
        "type of the certificate's post date",
    ),
    "versionHolder": ("only the data build moved",),
    "a corporate suffix completed (the gold readings)": ("sponsor gets its suffix",),
}

NEVER_NOISE: Rows = {
    "submissionTracking, when it shows a submission first": (
        "results submitted, only the derived section shows it",
    ),
    "unpostedAnnotation, when it shows a submission first": (
        "the annotation shows it, the derived section not yet",
    ),
    "the dispFirst… dates": (
        "certificate of delay taken out",
        "certificate gets its post date a build later",
    ),
    "a date of another precision and another type": (
        "a precise date with a new type",
        "month becomes an actual day of that month",
    ),
    "a comparison sign, a decimal point": (
        "the sign of a limit turns",
        "at least becomes more than",
        "proteinuria limit loses its decimal point",
    ),
    "one word of news among noise": (
        "one site begins among respelt and reordered sites",
        "a number among changes of case and markup",
        "three small edits",
    ),
}

IDENTITIES: Rows = {
    "sites: exact members first": ("twin added beside an unchanged twin",),
    "sites: facility + city + country + postcode": ("one of two namesakes in a city begins",),
    "sites: facility + city + country": ("site under another postcode stops enrolling",),
    "sites: postcode + country with a like name": ("site goes by another name",),
    "another name and another postcode are another site": ("another hospital in the same city",),
    "masked names carry no identity": ("one of two masked namesakes begins", "sites named by codes"),
    "two masked ones need an equal postcode or city": (
        "masked site gone in one city, another one in another",
        "masked site listed under another district",
    ),
    "never across countries": ("masked site moves to another country",),
    "a masked site's real name, and back": (
        "masked site turned into its real name",
        "real name masked again",
    ),
    "arms by label": ("arms in another order", "arm described otherwise"),
    "an arm relabelled is one edit": ("arm relabelled", "all arms relabelled by the same prefix"),
    "interventions by type + name": ("intervention renamed", "intervention of another type"),
    "outcomes by measure": ("primary outcomes in another order",),
    "an outcome reworded is one edit": ("primary outcome reworded", "secondary outcome reworded"),
    "texts without likeness are no edit": ("primary outcome replaced by another",),
    "references by pmid": (
        "citation of a known pmid rewritten",
        "reference turns from background to result",
    ),
    "references by citation": ("citation without pmid reworded",),
    "secondary ids by id": ("secondary id added", "contacts, officials and ids in another order"),
    "officials and contacts by name": (
        "contacts, officials and ids in another order",
        "another contact person",
    ),
    "documents by filename": ("newer protocol beside the old one", "protocol replaced by a newer file"),
    "events by type + date": ("violation events in another order", "violation corrected"),
    "the same site twice": ("doubled entry taken out", "twin added beside an unchanged twin"),
    "the same measure twice": (
        "same measure twice, one copy's time frame changes",
        "same measure twice, the first copy goes",
    ),
    "the same intervention twice": (
        "the same intervention twice, one copy edited",
        "the same intervention twice, one copy goes",
    ),
    "500 sites in another order": ("five hundred sites in another order",),
}

SENTENCES: Rows = {
    "the status with the reason beside it": (
        "recruiting to suspended with a reason",
        "terminated, said not to be for safety",
    ),
    "statuses move backwards, named for what it is": (
        "completed back to recruiting",
        "recruiting back to not yet recruiting",
        "withdrawn revived",
    ),
    "slipped n days": ("primary completion slips 214 days",),
    "brought forward": ("primary completion brought forward 90 days",),
    "now actual": ("primary completion actual, 20 days late",),
    "partial dates compare at their coarser precision": (
        "month to a day of another month",
        "day to the following month",
    ),
    "a month is at least 30 days and named as uncertain": ("month to the next month",),
    "a year is named as uncertain": ("year to the next year",),
    "an ACTUAL date that moves was corrected": (
        "actual primary completion corrected backwards",
        "actual month corrected to another month",
    ),
    "after a stop: ended earlier than planned": (
        "dates filled in after the termination",
        "withdrawn with its dates pulled to the day",
    ),
    "enrolment cut from … to …, now actual": ("enrolment cut to 42 and actual",),
    "what appears with the opening is one minor line": ("recruitment opens and the statuses appear",),
    "what vanishes when recruitment closes is one minor line": (
        "enrolment complete, site statuses and contacts vanish",
        "recruitment completed",
    ),
    "a country opened when its first site recruits": (
        "first site of a listed country recruits",
        "study starts and lists its first sites",
    ),
    "being on the list is not enough": ("site in a new country, not yet recruiting",),
    "a country closed when none recruits or will": (
        "the last country's site stops enrolling",
        "a recruiting site goes, another one will recruit",
    ),
    "… while the study goes on": (
        "suspended with all of its sites",
        "recruiting to completed with the planned number",
    ),
    "losses stand beside the openings": ("opening and losses side by side",),
    "a site added already WITHDRAWN is no site added": ("site added already withdrawn",),
    "the same edit in most outcomes is one change": (
        "the same month less in all nine outcomes",
        "the same month less in eight of nine outcomes, another edit in the ninth",
    ),
    "an arm's label is major, its description minor": ("arm relabelled", "arm described otherwise"),
    "armGroupLabels and interventionNames only follow": (
        "only the arm labels inside an intervention change",
        "a dose changes through the record",
    ),
    "sites grouped by country": ("sites added in two countries", "twelve sites added in Poland"),
    "past 12 one a country": (
        "fourteen sites added in Poland",
        "fifteen listed sites begin in one country",
        "thirteen of sixteen sites removed in one country",
    ),
    "single losses apart": ("twenty sites in three countries, one loss",),
    "a primary outcome's change: before the start": ("primary outcome reworded before the start",),
    "a primary outcome's change: while recruiting": ("primary outcome reworded",),
    "a primary outcome's change: after primary completion": (
        "primary outcome reworded after primary completion",
    ),
    "a primary outcome's change: after results": ("primary outcome reworded after results",),
    "long texts by sentence or list item, then by word": (
        "criterion added",
        "two criteria change at once",
        "detailed description: a sentence goes",
        "and becomes or",
    ),
    "A → B → A: the way back is a change": (
        "slip undone",
        "site put back",
        "eligibility put back",
        "primary outcome put back as it was",
    ),
    "study staff are never named": (
        "another contact person",
        "investigator added at a site",
        "responsible party changes",
    ),
    "a person who is a sponsor or a facility is withheld later": (
        "sponsor was a person",
        "facility that is a person",
    ),
}

TAGS: Rows = {
    "status": ("recruiting turns unknown", "expanded access back"),
    "stopped": ("recruiting to suspended without a reason",),
    "restarted": ("active back to recruiting", "unknown, then verified as recruiting again"),
    "results": ("results posted", "publication linked by PubMed"),
    "timeline": ("primary completion slips 214 days",),
    "enrolment": ("enrolment raised by 4 %",),
    "outcomes": ("secondary outcome added",),
    "eligibility": ("sex narrowed", "criterion added"),
    "sites": ("site removed",),
    "sponsor": ("lead sponsor changes hands", "collaborator joins"),
    "design": ("phase 2 becomes 3", "arm added"),
    "integrity": ("primary outcome reworded", "actual start corrected by 23 days"),
    "documents": ("protocol added",),
    "compliance": ("violation notice", "certificate of delay"),
}
