BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
) STRICT;
INSERT INTO "_sqlite_migrations" VALUES(1,'snapshots','0001_versions_and_events','2026-11-28 22:13:17.644324+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'notifiers','0001_outbox','2026-11-28 22:13:17.645581+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'monitor','0001_watches_polls_held','2026-11-28 22:13:17.647353+00:00');
CREATE TABLE absence (
        registry text not null,
        trial text not null,
        build text not null,
        settled integer not null default 0,
        primary key (registry, trial)
    ) strict, without rowid;
CREATE TABLE alias (
        registry text not null,
        trial text not null,
        survivor text not null,
        since text not null,
        primary key (registry, trial)
    ) strict, without rowid;
CREATE TABLE body (
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        base integer,
        dictionary integer references dictionary (id),
        body blob not null,
        primary key (trial, line, number)
    ) strict, without rowid;
INSERT INTO "body" VALUES(1,'snapshot',1,2,NULL,X'28B52FFD60E6039D000020302D31390300389D9C0E78505DC01C2A0701');
INSERT INTO "body" VALUES(4,'snapshot',1,2,NULL,X'28B52FFD60E103950000183034320300A9E4641557818A03E350D90A');
INSERT INTO "body" VALUES(10,'archive',1,4,NULL,X'28B52FFD60590265000008310200D840153DAEAA0002');
INSERT INTO "body" VALUES(10,'archive',2,4,NULL,X'28B52FFD60590265000008320200D840153DAEAA0002');
INSERT INTO "body" VALUES(10,'snapshot',1,2,NULL,X'28B52FFD60D403CD0000583052454352554954494E470300AEC9106600FE0B5843E520');
INSERT INTO "body" VALUES(10,'snapshot',2,3,NULL,X'28B52FFD60D3037D000020317D7D7D020048805F02EC501908');
CREATE TABLE change (
        event integer not null references event (sequence) on delete cascade,
        position integer not null,
        field text not null,
        label text not null,
        kind text not null,
        action text not null,
        item text,
        "before" text,
        "after" text,
        severity text not null,
        reason text not null,
        summary text not null,
        paths text not null,
        tags text not null,
        drift integer not null default 0,
        primary key (event, position)
    ) strict;
INSERT INTO "change" VALUES(1,0,'enrollment','Enrolment','count','changed',NULL,'"42 ESTIMATED"','"7 ESTIMATED"','major','changed by 20 % or more','Enrolment cut from 42 to 7 (−83 %)','["protocolSection.designModule.enrollmentInfo.count"]','["enrolment"]',0);
INSERT INTO "change" VALUES(1,1,'data-build','Data build','date','changed',NULL,'"2026-11-20"','"2026-11-21"','noise','the same on every record','Data build: 2026-11-20 → 2026-11-21','["derivedSection.miscInfoModule.versionHolder"]','[]',0);
INSERT INTO "change" VALUES(2,0,'overall-status','Recruitment status','status','changed',NULL,'"RECRUITING"','"SUSPENDED"','critical','recruitment stopped early, it may start again','Recruiting → Suspended, no reason given','["protocolSection.statusModule.overallStatus"]','["status","stopped"]',0);
INSERT INTO "change" VALUES(2,1,'data-build','Data build','date','changed',NULL,'"2026-11-20"','"2026-11-21"','noise','the same on every record','Data build: 2026-11-20 → 2026-11-21','["derivedSection.miscInfoModule.versionHolder"]','[]',0);
INSERT INTO "change" VALUES(3,0,'last-update-posted','Last update posted','date','changed',NULL,'{"date":"2026-11-19","type":"ACTUAL"}','{"date":"2026-11","type":"ACTUAL"}','noise','bookkeeping date','Last update posted: date: 2026-11-19; type: Actual → date: 2026-11; type: Actual','["protocolSection.statusModule.lastUpdatePostDateStruct.date"]','[]',0);
INSERT INTO "change" VALUES(3,1,'data-build','Data build','date','changed',NULL,'"2026-11-20"','"2026-11-22"','noise','the same on every record','Data build: 2026-11-20 → 2026-11-22','["derivedSection.miscInfoModule.versionHolder"]','[]',0);
INSERT INTO "change" VALUES(4,0,'why-stopped','Why stopped','text','added',NULL,NULL,'"Supply"','critical','reason for stopping given','Reason for stopping: Supply','["protocolSection.statusModule.whyStopped"]','["stopped"]',0);
INSERT INTO "change" VALUES(4,1,'data-build','Data build','date','changed',NULL,'"2026-11-21"','"2026-11-22"','noise','the same on every record','Data build: 2026-11-21 → 2026-11-22','["derivedSection.miscInfoModule.versionHolder"]','[]',0);
CREATE TABLE channel (
        notifier text primary key,
        failures integer not null default 0,
        not_before text,
        asked_until text,
        posted_at text,
        paused_at text,
        probe_at text,
        reason text,
        latest text
    ) strict, without rowid;
INSERT INTO "channel" VALUES('log',0,NULL,NULL,'2026-11-22T09:20:30.250000Z',NULL,NULL,NULL,'{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}');
CREATE TABLE channel_thread (
        notifier text not null,
        thread text not null,
        opening text not null,
        last text not null,
        last_at text not null,
        primary key (notifier, thread)
    ) strict, without rowid;
INSERT INTO "channel_thread" VALUES('log','ctgov:NCT99000001','{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','2026-11-22T09:20:30.250000Z');
INSERT INTO "channel_thread" VALUES('log','ctgov:NCT99000002','{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','2026-11-21T09:20:30.250000Z');
CREATE TABLE deadline (
        trial integer not null references trial (key),
        state text not null,
        since text,
        until text,
        due text,
        assumed integer not null,
        reason text not null,
        entered_on text not null,
        primary key (trial, state)
    ) strict, without rowid;
CREATE TABLE delivery (
        id integer primary key,
        event text not null,
        notifier text not null,
        thread text,
        position integer not null,
        due_at text not null,
        urgent integer not null default 0,
        created_at text not null,
        state text not null default 'waiting'
            check (state in ('waiting', 'queued', 'sent', 'failed', 'dropped')),
        message integer references message (number),
        reason text,
        ended_at text,
        unique (event, notifier)
    ) strict;
INSERT INTO "delivery" VALUES(1,'ctgov:NCT99000002:changed:1-2','log','ctgov:NCT99000002',1,'2026-11-21T09:20:30.250000Z',0,'2026-11-21T09:20:30.250000Z','sent',1,NULL,'2026-11-21T09:20:30.250000Z');
INSERT INTO "delivery" VALUES(2,'ctgov:NCT99000001:changed:1-2','log','ctgov:NCT99000001',2,'2026-11-21T09:20:30.250000Z',1,'2026-11-21T09:20:30.250000Z','sent',2,NULL,'2026-11-21T09:20:30.250000Z');
INSERT INTO "delivery" VALUES(3,'ctgov:NCT99000001:changed:2-3','log','ctgov:NCT99000001',4,'2026-11-22T09:20:30.250000Z',1,'2026-11-22T09:20:30.250000Z','sent',3,NULL,'2026-11-22T09:20:30.250000Z');
CREATE TABLE dictionary (
        id integer primary key,
        content blob not null
    ) strict;
INSERT INTO "dictionary" VALUES(1,X'37A430ECBF91ED10221028DD0100000000000000000000000078000000C0184FAA7AFF5F83F4E461008030D30000386CA8561A4A7E00003420C30F3712458B43E674A8180C043120CA300CC3300CC3300CC3300CC330C618630C356966DB0614FA319C6118C618638C31C618638C3166666666B66D010000000400000008000000707365227D2C2264657369676E4D6F64756C65223A7B22656E726F6C6C6D656E74496E666F223A7B22636F756E74223A34322C2274797065223A22455354494D41544544227D2C22706861736573223A5B22504841534531222C22504841534532225D2C22737475647954797065223A22494E54455256454E54494F4E414C227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303032222C226E63744964223A224E43543939303030303032227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3230227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A22706C616365626F207363');
CREATE TABLE drift (
        id integer primary key,
        registry text not null,
        build text not null,
        field text not null,
        label text not null,
        kind text not null,
        action text not null,
        before text,
        after text,
        noise integer not null,
        count integer not null,
        swept integer not null,
        found_at text not null,
        said integer not null default 0
    ) strict;
CREATE TABLE event (
        sequence integer primary key autoincrement,
        id text not null unique,
        kind text not null,
        registry text not null,
        trial text not null,
        title text not null,
        url text,
        severity text not null check (severity in ('noise', 'minor', 'major', 'critical')),
        headline text not null,
        at text,
        build text,
        status text,
        sponsor text,
        sponsor_class text,
        phase text,
        tags text not null,
        watches text not null,
        detail text,
        note text,
        from_source text,
        from_version integer,
        from_seen_at text,
        from_updated text,
        from_build text,
        to_source text,
        to_version integer,
        to_seen_at text,
        to_updated text,
        to_build text,
        steps text not null,
        engine integer not null
    ) strict;
INSERT INTO "event" VALUES(1,'ctgov:NCT99000002:changed:1-2','changed','ctgov','NCT99000002','Study NCT99000002','http://127.0.0.1:33951/study/NCT99000002','major','Enrolment cut from 42 to 7 (−83 %)','2026-11-21T09:20:30.250000Z','2026-11-21','RECRUITING','A Hospital','OTHER','Phase 1/Phase 2','["enrolment"]','["named","found"]',NULL,NULL,'snapshot',1,'2026-11-20T09:20:30.250000Z','2026-11-19','2026-11-20','snapshot',2,'2026-11-21T09:20:30.250000Z','2026-11-19','2026-11-21','[]',1);
INSERT INTO "event" VALUES(2,'ctgov:NCT99000001:changed:1-2','changed','ctgov','NCT99000001','Study NCT99000001','http://127.0.0.1:33951/study/NCT99000001','critical','Recruiting → Suspended, no reason given','2026-11-21T09:20:30.250000Z','2026-11-21','SUSPENDED','A Hospital','OTHER','Phase 1/Phase 2','["status","stopped"]','["named","found"]',NULL,NULL,'snapshot',1,'2026-11-20T09:20:30.250000Z','2026-11-19','2026-11-20','snapshot',2,'2026-11-21T09:20:30.250000Z','2026-11-19','2026-11-21','[]',1);
INSERT INTO "event" VALUES(3,'ctgov:NCT99000003:changed:1-2','changed','ctgov','NCT99000003','Study NCT99000003','http://127.0.0.1:33951/study/NCT99000003','noise','Nothing but noise','2026-11-22T09:20:30.250000Z','2026-11-22','RECRUITING','A Hospital','OTHER','Phase 1/Phase 2','[]','["named","found"]',NULL,NULL,'snapshot',1,'2026-11-20T09:20:30.250000Z','2026-11-19','2026-11-20','snapshot',2,'2026-11-22T09:20:30.250000Z','2026-11','2026-11-22','[]',1);
INSERT INTO "event" VALUES(4,'ctgov:NCT99000001:changed:2-3','changed','ctgov','NCT99000001','Study NCT99000001','http://127.0.0.1:33951/study/NCT99000001','critical','Reason for stopping: Supply','2026-11-22T09:20:30.250000Z','2026-11-22','SUSPENDED','A Hospital','OTHER','Phase 1/Phase 2','["stopped"]','["named","found"]',NULL,NULL,'snapshot',2,'2026-11-21T09:20:30.250000Z','2026-11-19','2026-11-21','snapshot',3,'2026-11-22T09:20:30.250000Z','2026-11-19','2026-11-22','[]',1);
CREATE TABLE event_tag (
        tag text not null,
        severity text not null,
        event integer not null references event (sequence) on delete cascade,
        primary key (tag, severity, event)
    ) strict, without rowid;
INSERT INTO "event_tag" VALUES('enrolment','major',1);
INSERT INTO "event_tag" VALUES('status','critical',2);
INSERT INTO "event_tag" VALUES('stopped','critical',2);
INSERT INTO "event_tag" VALUES('stopped','critical',4);
CREATE TABLE event_watch (
        watch text not null,
        severity text not null,
        event integer not null references event (sequence) on delete cascade,
        primary key (watch, severity, event)
    ) strict, without rowid;
INSERT INTO "event_watch" VALUES('found','major',1);
INSERT INTO "event_watch" VALUES('named','major',1);
INSERT INTO "event_watch" VALUES('found','critical',2);
INSERT INTO "event_watch" VALUES('named','critical',2);
INSERT INTO "event_watch" VALUES('found','noise',3);
INSERT INTO "event_watch" VALUES('named','noise',3);
INSERT INTO "event_watch" VALUES('found','critical',4);
INSERT INTO "event_watch" VALUES('named','critical',4);
CREATE TABLE head (
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        fingerprint blob,
        leaning integer not null,
        dictionary integer references dictionary (id),
        body blob not null,
        primary key (trial, line)
    ) strict;
INSERT INTO "head" VALUES(1,'snapshot',2,X'8330B2DF91F859333C6D11515D43B417EF150365BACB55B1719354FDB9924F9C',1,1,X'28B52FFD60E30345040023830BF3791EEFFF7DBEEE7EEFFBF16E79997B1EAFB7BBFF327A73F939BE7B1EFF6737D7BFC9DCCDF578326F78BC5D9B502DFCF8D0CB81C3A9BD6B3245F788E9447B697B5EBB164CFA5A77A8EB0186C3129EA76D082CC1CEE5A9D29EE55D51314B81B25368050471B2B1542D38C57AF4715EDB63313225C3076A348193A93E660FD605481D40180D');
INSERT INTO "head" VALUES(2,'snapshot',1,X'D4CA0A0F808839CACC28185DE931C67D1CF187E62FE06EED046FA0B995D84D5C',0,1,X'28B52FFD60DA032D0400E3C20AF5BAFFF778BDDDFD7FC3E3EDDAF4E6F2737CF71FEF9697B9E7F16F327F7673FD9B4CBEEE7EEF93B99BEB032FFC0C7088E9647E4A38F0EE6019039BE241363132C881B19EF05F7AFA9BD8786F0C506A0BB1AD237F035085C3C5CF15957835A471058671D7EE071F7E86C1808D2BA1F1F36846291FF0F51A82AABAAE6F25E9F5879601');
INSERT INTO "head" VALUES(3,'snapshot',1,X'DD0CE33AC194D22127330A1671A7434E03A6547FF533FF68423AC73A795D1E41',0,1,X'28B52FFD60DA032D040012430B12B0A70DD0B8E5D0B699E353B64E2A094E0944332F74CE07B6311895E38CAA3E560BF1489D08BC84DD8A0A490130FC0C7088E9647EAAA0937F7411812714D35A84905EDA88A239D6762F6DDD559384ADC493DCC2A653850BA7C8B41D9A697A22A6B73B5CE827EDB67E25650F69AFBB32E3A966738AA33C54480CA89094A41A1FD404');
INSERT INTO "head" VALUES(4,'snapshot',2,X'E4A397EA0147C0F85D6C011150B0AF7FB71213F337E6AA9E7A1299B679FF9645',1,1,X'28B52FFD60E0031D040003430BF5373CDEAEEDFEE3DDF232F9BAFBBDEF6EAEC793F9B39BEBDF64FCBF97D19BCBCFF1E1DF64EE79BCDEEEFECB032AFCA984DE030B6DE19597469F3B321862ACDD02873948537939968684277DD1CDB1F908A46FB1E378354DB3E7E0DB3F0DC480D6E95B50201944BE21AEF42179DFDEC9901A965270995A4BFB017580D481ECE2');
INSERT INTO "head" VALUES(5,'snapshot',1,X'551B2D2F99A312F0745812E851BEF23928AF48B1EA303CB1D5DAD668330B75FF',0,1,X'28B52FFD60E303FD030013430B71795C8EF7FFFE9EC7BFDDF378BDDDFDBF9BEBF1F275F77B9FCC9FDD5CFFA637979FE39379C3E3EDDA64EE3F3E28FC0C704C46183B54FE300B7CEB2615058B2D1891AEADA7590CC9CA71A089342803BA1DE3D049383C1260931A6ED2FA3B7A40ED77BAA7DD0B6AA2171E9C6F858B1C4C5FB7446F89D19EA4261E3006');
INSERT INTO "head" VALUES(6,'snapshot',1,X'3F88A91141D4FC03B84C91409366AFD5A32479C0364ACDAFBAC12407EDEE2F96',0,1,X'28B52FFD60E203F5030032430B12B0A70DD0B8E5D0B699E353B64E0A894F094433835121EC563811788F33AAFA581592FAC036EA173A670BF1482AFC0C7088E96486AA48C877DD21121E55FBF09421C3D3A193394D07BCADD51EA9348A74B71845DDD6008BCE6F4B926C3E35B52B41E5C0C15B540BD48EB080EAD9ED4D89E5CB809694A4E37C3004');
INSERT INTO "head" VALUES(7,'snapshot',1,X'B6FCB08EB59236B445D9A964143B468EFDFFDFADF55E2C8A4BEF6B7469FF0865',0,1,X'28B52FFD60E303E5030072C30B12C0A703408B48EC2444709542F81FBCD0354FA5F49C580D71B8A151AF837D31D663CFC1D99B889A82175A84641B1027FC0C7088E964874A701B96527A9D32AA15F067018C908476CFE1A3099F04D1E2C7C3A925EA206623BA7935131C17F888668DDDC555116EB16A938B066FBAA0CB6EC2A828490343C40D');
INSERT INTO "head" VALUES(8,'snapshot',1,X'80EBD93898B840E54FAEBF74B85E18148B2548CFE6CEEF3C215B61B6D3EF2C1F',0,1,X'28B52FFD60D303F5030062C30B12C0A703408B48EC2444709542F857AF43C027A5DCBD8BB11ED90670B849AC86D89B68D4EBE08516215153B0E7E00125FC0C7088E96477AA60A4EBD3CA544DCA0298342AC42B6A7056036E3D428B0BC3D67BB8A7289F9F6EB93690688D4A382D492EA0FD53EAD04C5BD4E4D8BE140CF1668B14C01A29490F0C920A');
INSERT INTO "head" VALUES(9,'snapshot',1,X'8CBF41329755658ECE4D8E9C26741F3C6DC9629BB8DBA7D445D9277B18222A46',0,1,X'28B52FFD60DB0315040022430B12B0A70DD0B8E5A4EC6EFE53B64EB245CB401844B6E1AA10F72BC66C240F5AA369E0D3DBFA52D814B2E6C02B0B2BFC0C7088E9647FAA18D527E3A97279DC974512B7BC950F0F43D2DAD75DDD46B07A37F786B2E0FE6EDB4B7F820197F00E4C76BD00AD2FD17E0CC3A5C7F97A8F65150DF6BD6DF022BB3A2A7649497A80537B');
INSERT INTO "head" VALUES(10,'snapshot',3,X'57BF140377391D37B7F71022A07610D166A2ACAB64833175B57490749B8A3AB3',2,1,X'28B52FFD60E9034D05000285121990A90D4049344291FCC3B811A2D0074B21FCCA4E482A6E9603AD35C2D81D81EADE0A196191C21C731C0006B094C3A6EB7BB226FD468C3791A61EFCA16E169C21E5A9FD4DDC175497112FFC280FA3E59D3D84EC2E7C186478F68DBA2AE32E7CB65E0F06AF5823A882AE9418C8DD6A8967BA2B232CCFD85F23ED76EA9B9152FBC901D20FCBBEEB9AE18E8255ACF5482EF1DEEBD0D37B0736F840128E22E0C3B50029A5F03D01');
INSERT INTO "head" VALUES(11,'snapshot',1,X'CAB2B0CD46BE6D75AEF04CBDAC1D1B4B2E0F7FAD9B779BA991550010BCED0086',0,1,X'28B52FFD60DE0315040072C30B12C0A703408B48EC2444709542F85FBD43C027A50C3726DF7D31D633EA75906C0348D414EC4DBCD02289D5107B0E1E2AFC0D7088E96282AA086C537357F22D74DAE47EEFCCE26AEBAC855A6C1195E5DEC7D2D962E5ED323A152267EE7EF836791C0B4FBA58B2DEBFDE52E175379A7754CAECDE8862AFE4C7A34749EA43D655');
INSERT INTO "head" VALUES(12,'snapshot',1,X'40DB038CB55F280BC24FC48ADF103A45A9D51A002CAC8857F9FDC2A29A3729EB',0,1,X'28B52FFD60E0032D040042830B12B0A70DD0B8E5D0B699E353B64EE29866CC223333857884B05B311895FA5815927A9C513DB08DFA85CE5927020F2DFC0C704C461823549EBEA160FF9008ABCB43BBFC817E722175ECCB0AA3B3A6D461FF12C003C24FEB75862A13732C19969A8D0A3817C57929E3EAD44BB3168D10446CBC1A4445CCAC5249DA54A54E49AAB48A5A');
INSERT INTO "head" VALUES(10,'archive',4,NULL,1,1,X'28B52FFD60590235010068617320737465642C2020343131073C0C70C47457D68F02BBDA7AAD416AA06B5620D2592740');
CREATE TABLE held (
        id integer primary key,
        registry text not null,
        kind text not null check (kind in ('lost-section', 'vanished')),
        subject text not null,
        build text not null,
        swept integer not null,
        count integer not null,
        opened_at text not null,
        state text not null check (
            state in ('open', 'believed', 'accepting', 'accepted', 'dropped', 'passed')
        ),
        decided_at text,
        believed_in text
    ) strict;
INSERT INTO "held" VALUES(1,'ctgov','lost-section','protocolSection.designModule','2026-11-23T09:00:06',12,9,'2026-11-23T09:20:30Z','open',NULL,NULL);
CREATE TABLE lane (
        notifier text not null,
        thread text not null,
        position integer not null,
        message integer not null references message (number),
        primary key (notifier, thread, position, message)
    ) strict, without rowid;
CREATE TABLE ledger (
        entry integer primary key autoincrement,
        trial integer not null references trial (key),
        line text not null,
        number integer not null,
        sha256 blob not null,
        chain blob not null
    ) strict;
INSERT INTO "ledger" VALUES(1,1,'snapshot',1,X'ECF5B411D6D7015F27090074412BB0207E89E2E98BAC0D4E102B0A20561AF463',X'8CB173E073D56497665F2F20B244353987111E64CD23956B640221897CFCB2F8');
INSERT INTO "ledger" VALUES(2,2,'snapshot',1,X'C22FEA351BF82BA4996FE1BA3D796BFA871145AC574B237BB85C43A20963CD94',X'6D14B37B4E69B0381A975BB7A5D1B378746BD4CB3668F955C9DF70C269A46388');
INSERT INTO "ledger" VALUES(3,3,'snapshot',1,X'D1EA7993E9A3FC0B9F6884A78728A44E58B0EED23BF8D3EFB01CB00C2CCD1058',X'924621C93982B02C2B74959B1C07E12DA6682BB06145F95FAE8DC59481BC7E6E');
INSERT INTO "ledger" VALUES(4,4,'snapshot',1,X'D77C2C5575B858AC6E09E16198B9BE44C6E34D54FDF68A734759BE3573E09FE8',X'A0E2F3B7ABECDAAD3B81FDAE0B3D780A422A90D18210967E10A840FECC54FA03');
INSERT INTO "ledger" VALUES(5,5,'snapshot',1,X'F8DF62DF376C5B0F486CE5F7C0B7F4849AD1D9308379058000E06CB9E09ADE27',X'24409239B9279708C5603174A51B4D3872896116D1C5FC001D2A57281CBE76B0');
INSERT INTO "ledger" VALUES(6,6,'snapshot',1,X'C161DF7D621D134B423996B195523408A742C61BF843A9E0C9A5D1BAABC44F78',X'0B39DEAD71F54F30A668AB6754D993686C9DEEA0C7C5B0BD101EE107C82F51A3');
INSERT INTO "ledger" VALUES(7,7,'snapshot',1,X'28A7E65F3842AA6A37C26394834F4FF9B248A574FD677B2E326BB04E820F8F59',X'9A9EE74B8435DDBDE8D95745A523739064A59CBCE656ABDBCB3C82CBD416A40F');
INSERT INTO "ledger" VALUES(8,8,'snapshot',1,X'2A0A3E52730A6D80D848600EF015DFF210DDD235480DAAEA4080D754D844A521',X'45D6630333F58D4629BC337E39DC958644072C0ED4EF1D7E1F803E4EE2DC654E');
INSERT INTO "ledger" VALUES(9,9,'snapshot',1,X'CEB0DBD4FFD8AFEE0C8D1EFBB3FB01E6DF9DE58A5920A8B107FC38D712EFF46A',X'4E6B4726814E20DA38E5D0D59F49080F4B288F742F74F091DB26D77AAA29C97F');
INSERT INTO "ledger" VALUES(10,10,'snapshot',1,X'B8EBDEA17F000EF3C03CE9858734671500C54025C747D29B452097860610B23B',X'CCB937DFDEE3E7C4B29D1150717A30747C03838795BFFB270C8E7B5B5656A855');
INSERT INTO "ledger" VALUES(11,11,'snapshot',1,X'E1E0040B5500AF08F9CCE1A932FAA5B28CDDCFBA64C81CA320F56C5FE8FD4B81',X'74D89AD0D458F2104484727C7FCAE01A8BA1886422D541AE9F2C4F0C5C8FF0B4');
INSERT INTO "ledger" VALUES(12,12,'snapshot',1,X'49A74E3CA1E32967BBF2EFF67848DC84E876D1576E41B755267DE6FAF97BD938',X'B5A1573E1C0B87BAF69B7E93DD9136FEAD037A1837F3CA4566992B0D582E16BC');
INSERT INTO "ledger" VALUES(13,4,'snapshot',2,X'C02A444413F38C35EC13BD000542A887CF9BD8EBF3D911A8C0E07791DEDB3704',X'CAC4E75EE69D5891DFA4564D982C392D4443B53E19F3FCD6826A3D9A8D4699BF');
INSERT INTO "ledger" VALUES(14,10,'snapshot',2,X'7C509665BB539B1265AD356371DCE662726728DB657EA949863FD64DB9EE886B',X'0009171BD193863D47DCB0C3FA4EBF3963D4271647E3F36785C9F27E1DF93D98');
INSERT INTO "ledger" VALUES(15,1,'snapshot',2,X'6B2712324BB97C591CCF3469B6DFEC542F080E9ABE6DF6778836CF73991CE217',X'EF287E6401009D1784CB550B107F150D3EBBBF166C746AB44B2F035149256699');
INSERT INTO "ledger" VALUES(16,10,'snapshot',3,X'F477EDB0B467D836C1037AF3074FD9259C28247BE2FE20B981FAC753795C16C6',X'34A3A487C1C3BECE2BBBD8E9D407FFDEC0F56370E22021BD07824381842A0C37');
INSERT INTO "ledger" VALUES(17,10,'archive',1,X'153E7BC133EC21D86C25767782E8F451289731E9BFD6CF91B2A846436FD07490',X'1AD054E466D484C714179E8B606BFE4A429517BC71550429CE3E87A515623BB9');
INSERT INTO "ledger" VALUES(18,10,'archive',4,X'B460A7AB9C5F68BCF98E1D4D154D5580BA623D02E14DCFAB003743073A335EE1',X'1E45A0F7A5F2F54427DFE3080105869182DCCDE73BC0788A6710F8D3554EB9D7');
INSERT INTO "ledger" VALUES(19,10,'archive',2,X'3A3DF926603458E743A67CBC1719FDAD73EEB8E1F00F7BDBA4E97B65CE04AF8E',X'468B8EEFE266180F8E8B2BFFC5B29E994DE7483B2538FFCA272DE460815820F1');
CREATE TABLE member (
        watch integer not null references watch (id) on delete cascade,
        trial text not null,
        state text not null check (state in ('in', 'left', 'absent')),
        since text not null,
        primary key (watch, trial)
    ) strict, without rowid;
INSERT INTO "member" VALUES(1,'NCT99000001','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000002','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000003','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000004','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000005','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000006','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000007','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000008','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000009','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(1,'NCT99000010','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000001','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000002','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000003','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000004','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000005','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000006','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000007','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000008','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000009','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000010','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000011','in','2026-11-20T09:20:30Z');
INSERT INTO "member" VALUES(2,'NCT99000012','in','2026-11-20T09:20:30Z');
CREATE TABLE message (
        number integer primary key,
        id text not null unique,
        notifier text not null,
        thread text,
        position integer not null,
        level text not null,
        headline text not null,
        content text not null,
        created_at text not null,
        state text not null default 'waiting'
            check (state in ('waiting', 'claimed', 'unknown', 'sent', 'failed', 'dropped')),
        attempts integer not null default 0,
        refusals integer not null default 0,
        unsure integer not null default 0,
        looks integer not null default 0,
        ready_at text not null,
        claimed_at text,
        not_before text,
        unsure_since text,
        look_at text,
        reply_to text,
        previous text,
        plain integer not null default 0,
        possible_repeat integer not null default 0,
        reason text,
        remote text,
        ended_at text
    ) strict;
INSERT INTO "message" VALUES(1,'6513270e269e0d37f2a74de452e6b438','log','ctgov:NCT99000002',1,'major','NCT99000002: Enrolment cut from 42 to 7 (−83 %)','{"id":"6513270e269e0d37f2a74de452e6b438","level":"major","headline":"NCT99000002: Enrolment cut from 42 to 7 (\u221283 %)","title":"NCT99000002 \u00b7 Study NCT99000002","subtitle":"A Hospital \u00b7 Phase 1/Phase 2 \u00b7 Recruiting","items":[{"level":"major","label":"Enrolment","summary":"changed by 20 % or more","reason":"","before":null,"after":null}],"facts":[["Posted by the registry","2026-11-19 (unmoved by this change)"],["Data build","2026-11-21"],["Seen by us","2026-11-21 09:20 UTC"],["Watched by","named, found"]],"links":[],"footer":"Demo: scripted days, not news; a registry on this machine, build of 2026-11-21","thread":"ctgov:NCT99000002","order":1,"payload":{"id":"ctgov:NCT99000002:changed:1-2","event":"changed","registry":"ctgov","trial":"NCT99000002","title":"Study NCT99000002","url":"http://127.0.0.1:33951/study/NCT99000002","severity":"major","headline":"Enrolment cut from 42 to 7 (\u221283 %)","tags":["enrolment"],"watches":["named","found"],"at":"2026-11-21T09:20:30Z","build":"2026-11-21","from":{"source":"snapshot","version":1,"seen_at":"2026-11-20T09:20:30Z","updated":"2026-11-19","build":"2026-11-20"},"to":{"source":"snapshot","version":2,"seen_at":"2026-11-21T09:20:30Z","updated":"2026-11-19","build":"2026-11-21"},"status":"RECRUITING","detail":null,"note":null,"steps":[],"changes":[{"field":"enrollment","label":"Enrolment","kind":"count","action":"changed","item":null,"paths":["protocolSection.designModule.enrollmentInfo.count"],"before":"42 ESTIMATED","after":"7 ESTIMATED","severity":"major","reason":"changed by 20 % or more","summary":"Enrolment cut from 42 to 7 (\u221283 %)","tags":["enrolment"]}]}}','2026-11-21T09:20:30.250000Z','sent',1,0,0,0,'2026-11-21T09:20:30.250000Z','2026-11-21T09:20:30.250000Z',NULL,NULL,NULL,NULL,NULL,0,0,NULL,'{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','2026-11-21T09:20:30.250000Z');
INSERT INTO "message" VALUES(2,'d23f0824128b2f330c5c7fd0a6a3a450','log','ctgov:NCT99000001',2,'critical','NCT99000001: Recruiting → Suspended, no reason given','{"id":"d23f0824128b2f330c5c7fd0a6a3a450","level":"critical","headline":"NCT99000001: Recruiting \u2192 Suspended, no reason given","title":"NCT99000001 \u00b7 Study NCT99000001","subtitle":"A Hospital \u00b7 Phase 1/Phase 2 \u00b7 Suspended","items":[{"level":"critical","label":"Recruitment status","summary":"recruitment stopped early, it may start again","reason":"","before":null,"after":null}],"facts":[["Posted by the registry","2026-11-19 (unmoved by this change)"],["Data build","2026-11-21"],["Seen by us","2026-11-21 09:20 UTC"],["Watched by","named, found"]],"links":[],"footer":"Demo: scripted days, not news; a registry on this machine, build of 2026-11-21","thread":"ctgov:NCT99000001","order":2,"payload":{"id":"ctgov:NCT99000001:changed:1-2","event":"changed","registry":"ctgov","trial":"NCT99000001","title":"Study NCT99000001","url":"http://127.0.0.1:33951/study/NCT99000001","severity":"critical","headline":"Recruiting \u2192 Suspended, no reason given","tags":["status","stopped"],"watches":["named","found"],"at":"2026-11-21T09:20:30Z","build":"2026-11-21","from":{"source":"snapshot","version":1,"seen_at":"2026-11-20T09:20:30Z","updated":"2026-11-19","build":"2026-11-20"},"to":{"source":"snapshot","version":2,"seen_at":"2026-11-21T09:20:30Z","updated":"2026-11-19","build":"2026-11-21"},"status":"SUSPENDED","detail":null,"note":null,"steps":[],"changes":[{"field":"overall-status","label":"Recruitment status","kind":"status","action":"changed","item":null,"paths":["protocolSection.statusModule.overallStatus"],"before":"RECRUITING","after":"SUSPENDED","severity":"critical","reason":"recruitment stopped early, it may start again","summary":"Recruiting \u2192 Suspended, no reason given","tags":["status","stopped"]}]}}','2026-11-21T09:20:30.250000Z','sent',1,0,0,0,'2026-11-21T09:20:30.250000Z','2026-11-21T09:20:30.250000Z',NULL,NULL,NULL,NULL,NULL,0,0,NULL,'{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','2026-11-21T09:20:30.250000Z');
INSERT INTO "message" VALUES(3,'9531985d5d9dc9f81818e811892f902b','log','ctgov:NCT99000001',4,'critical','NCT99000001: Reason for stopping: Supply','{"id":"9531985d5d9dc9f81818e811892f902b","level":"critical","headline":"NCT99000001: Reason for stopping: Supply","title":"NCT99000001 \u00b7 Study NCT99000001","subtitle":"A Hospital \u00b7 Phase 1/Phase 2 \u00b7 Suspended","items":[{"level":"critical","label":"Why stopped","summary":"reason for stopping given","reason":"","before":null,"after":null}],"facts":[["Posted by the registry","2026-11-19 (unmoved by this change)"],["Data build","2026-11-22"],["Seen by us","2026-11-22 09:20 UTC"],["Watched by","named, found"]],"links":[],"footer":"Demo: scripted days, not news; a registry on this machine, build of 2026-11-22","thread":"ctgov:NCT99000001","order":4,"payload":{"id":"ctgov:NCT99000001:changed:2-3","event":"changed","registry":"ctgov","trial":"NCT99000001","title":"Study NCT99000001","url":"http://127.0.0.1:33951/study/NCT99000001","severity":"critical","headline":"Reason for stopping: Supply","tags":["stopped"],"watches":["named","found"],"at":"2026-11-22T09:20:30Z","build":"2026-11-22","from":{"source":"snapshot","version":2,"seen_at":"2026-11-21T09:20:30Z","updated":"2026-11-19","build":"2026-11-21"},"to":{"source":"snapshot","version":3,"seen_at":"2026-11-22T09:20:30Z","updated":"2026-11-19","build":"2026-11-22"},"status":"SUSPENDED","detail":null,"note":null,"steps":[],"changes":[{"field":"why-stopped","label":"Why stopped","kind":"text","action":"added","item":null,"paths":["protocolSection.statusModule.whyStopped"],"before":null,"after":"Supply","severity":"critical","reason":"reason for stopping given","summary":"Reason for stopping: Supply","tags":["stopped"]}]}}','2026-11-22T09:20:30.250000Z','sent',1,0,0,0,'2026-11-22T09:20:30.250000Z','2026-11-22T09:20:30.250000Z',NULL,NULL,NULL,'{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}',NULL,0,0,NULL,'{"path":"/tmp/tmpjzth8vn_/alerts.jsonl"}','2026-11-22T09:20:30.250000Z');
CREATE TABLE mute (
        id integer primary key,
        scope text not null check (scope in ('trial', 'watch', 'field')),
        value text not null,
        until text,
        muted_at text not null,
        ended_at text
    ) strict;
INSERT INTO "mute" VALUES(1,'trial','NCT99000002',NULL,'2026-11-23T09:20:30Z',NULL);
CREATE TABLE notice (
        number integer primary key,
        notifier text not null,
        kind text not null,
        text text not null,
        message text
    ) strict;
CREATE TABLE poll (
        id integer primary key,
        registry text not null,
        started_at text not null,
        ended_at text,
        build text,
        outcome text,
        everything integer not null default 1,
        not_before text,
        requests integer not null default 0,
        records integer not null default 0,
        versions integer not null default 0,
        events integer not null default 0,
        error text
    ) strict;
INSERT INTO "poll" VALUES(1,'ctgov','2026-11-20T09:20:30Z','2026-11-20T09:20:30Z','2026-11-20','complete',1,NULL,0,12,12,0,NULL);
INSERT INTO "poll" VALUES(2,'ctgov','2026-11-21T09:20:30Z','2026-11-21T09:20:30Z','2026-11-21','complete',1,NULL,0,12,2,2,NULL);
INSERT INTO "poll" VALUES(3,'ctgov','2026-11-22T09:20:30Z','2026-11-22T09:20:30Z','2026-11-22','complete',1,NULL,0,12,2,1,NULL);
INSERT INTO "poll" VALUES(4,'ctgov','2026-11-23T09:20:30Z','2026-11-23T09:20:30Z','2026-11-23','complete',1,NULL,0,12,0,0,NULL);
CREATE TABLE request (
        id integer primary key,
        kind text not null,
        arguments text not null,
        asked_at text not null,
        started_at text,
        ended_at text,
        answer text
    ) strict;
CREATE TABLE staged (
        registry text not null,
        trial text not null,
        subject text not null,
        held integer not null default 0,
        record integer not null,
        primary key (registry, trial, subject, held)
    ) strict, without rowid;
INSERT INTO "staged" VALUES('ctgov','NCT99000003','protocolSection.designModule',1,10);
INSERT INTO "staged" VALUES('ctgov','NCT99000007','protocolSection.designModule',1,11);
INSERT INTO "staged" VALUES('ctgov','NCT99000006','protocolSection.designModule',1,12);
INSERT INTO "staged" VALUES('ctgov','NCT99000002','protocolSection.designModule',1,13);
INSERT INTO "staged" VALUES('ctgov','NCT99000008','protocolSection.designModule',1,14);
INSERT INTO "staged" VALUES('ctgov','NCT99000004','protocolSection.designModule',1,15);
INSERT INTO "staged" VALUES('ctgov','NCT99000009','protocolSection.designModule',1,16);
INSERT INTO "staged" VALUES('ctgov','NCT99000005','protocolSection.designModule',1,17);
INSERT INTO "staged" VALUES('ctgov','NCT99000001','protocolSection.designModule',1,18);
CREATE TABLE staged_record (
        id integer primary key,
        registry text not null,
        trial text not null,
        against integer not null,
        raw blob not null,
        mark blob,
        told integer not null,
        several integer not null,
        steps text not null
    ) strict;
INSERT INTO "staged_record" VALUES(10,'ctgov','NCT99000003',2,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A22626C6F6F6420706C616365626F207061696E206461696C79206461696C7920646F736520646F736520766973697420626C6F6F6420626C6F6F642072656C617073652073636F72652076697369742073636F7265206461696C79207765656B73206461696C7920766973697420706C616365626F2061726D206461696C7920646F73652061726D20706C616365626F207061696E20646F73652076697369742073636F72652061726D2076697369742061726D2072656C61707365207061696E2076697369742073636F72652072656C6170736520766973697420646F7365207765656B7320626C6F6F642072656C617073652073636F7265206461696C79207061696E20706C616365626F207061696E207061696E20706C616365626F20706C616365626F2072656C61707365206461696C792072656C617073652076697369742072656C61707365206461696C79207765656B732076697369742072656C617073652072656C6170736520706C616365626F227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303033222C226E63744964223A224E43543939303030303033227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D3131222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'12B7FE4A01D32EFF337735337E618FFC6258CE41AF8710D49A0D04E54D8AA54B',1,0,'[]');
INSERT INTO "staged_record" VALUES(11,'ctgov','NCT99000007',1,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A227061696E207765656B73206461696C7920646F736520706C616365626F207061696E20646F736520706C616365626F20646F73652073636F726520646F736520646F73652073636F7265207669736974207765656B7320626C6F6F64206461696C792072656C6170736520706C616365626F207061696E2072656C6170736520646F736520766973697420626C6F6F64207765656B73207765656B73207061696E207669736974207765656B7320706C616365626F206461696C79207061696E20706C616365626F20646F736520646F736520626C6F6F64206461696C792073636F7265207061696E20706C616365626F2073636F726520626C6F6F642061726D206461696C7920626C6F6F6420706C616365626F20706C616365626F2076697369742061726D20626C6F6F642072656C61707365207765656B732073636F72652061726D207765656B732073636F726520646F7365206461696C792061726D20706C616365626F227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303037222C226E63744964223A224E43543939303030303037227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'8A1976409E9FA38800D2D19465B67E5AF63F7DBF342F13D91958EC9C2DF18F68',1,0,'[]');
INSERT INTO "staged_record" VALUES(12,'ctgov','NCT99000006',1,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A2261726D2076697369742073636F726520626C6F6F6420646F7365206461696C792073636F72652061726D207061696E2061726D20626C6F6F642076697369742061726D2073636F726520706C616365626F206461696C79207765656B7320706C616365626F20766973697420626C6F6F64207669736974206461696C79207669736974207061696E20646F73652076697369742076697369742073636F726520646F7365207765656B73206461696C7920626C6F6F642072656C6170736520706C616365626F20626C6F6F64206461696C79207061696E2072656C617073652072656C6170736520706C616365626F206461696C79206461696C792076697369742072656C6170736520646F7365207061696E206461696C79207061696E20706C616365626F20646F736520766973697420706C616365626F207765656B73206461696C79207061696E207765656B732073636F7265207765656B7320626C6F6F64207669736974227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303036222C226E63744964223A224E43543939303030303036227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'E5DA709470AA8BFAE1CB350C249B78E7CA0FF0B0883AA7F5CCA65F91D6311AF6',1,0,'[]');
INSERT INTO "staged_record" VALUES(13,'ctgov','NCT99000002',2,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A2272656C617073652072656C6170736520646F736520646F73652076697369742061726D206461696C79207061696E206461696C79206461696C7920706C616365626F207765656B732073636F7265207061696E2061726D2072656C617073652072656C6170736520706C616365626F2073636F726520626C6F6F6420646F736520646F73652073636F7265207061696E207061696E20766973697420706C616365626F20706C616365626F20626C6F6F6420646F7365207061696E207765656B7320706C616365626F2072656C61707365206461696C79207765656B732076697369742061726D2061726D2072656C617073652061726D2061726D207061696E2072656C617073652072656C61707365207765656B732061726D2061726D2073636F726520706C616365626F2073636F72652072656C6170736520706C616365626F207669736974207061696E2076697369742076697369742073636F726520706C616365626F2072656C61707365227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303032222C226E63744964223A224E43543939303030303032227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'450E7F26DF73D0F2880A3A73A2C4F9374B95B928A1282ACC7A8C0F3975177A39',1,0,'[]');
INSERT INTO "staged_record" VALUES(14,'ctgov','NCT99000008',1,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A22626C6F6F642072656C61707365207765656B732061726D20646F736520626C6F6F642072656C6170736520626C6F6F64206461696C792073636F72652073636F72652073636F7265207765656B7320766973697420646F736520626C6F6F6420646F736520626C6F6F642073636F72652072656C61707365207061696E207765656B7320626C6F6F642072656C6170736520646F7365206461696C79207061696E206461696C79207061696E206461696C792073636F7265206461696C792072656C6170736520706C616365626F207765656B7320646F73652072656C617073652073636F7265207765656B732072656C6170736520706C616365626F2061726D20766973697420626C6F6F64207061696E207669736974207765656B732061726D20646F7365206461696C792061726D2072656C6170736520766973697420706C616365626F207765656B73207765656B7320706C616365626F20706C616365626F20646F73652072656C61707365227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303038222C226E63744964223A224E43543939303030303038227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'36750C57326FFB39D54BDD33F8399A208866A081662943048FC8856784635B3C',1,0,'[]');
INSERT INTO "staged_record" VALUES(15,'ctgov','NCT99000004',1,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A22626C6F6F64207765656B73207061696E207765656B7320646F73652073636F72652072656C617073652076697369742061726D20626C6F6F6420706C616365626F20626C6F6F64207765656B73207765656B7320626C6F6F642072656C61707365207669736974207669736974207669736974207765656B73207061696E206461696C792061726D20766973697420766973697420646F7365206461696C79206461696C7920706C616365626F207765656B732073636F726520646F73652072656C6170736520766973697420706C616365626F207061696E2072656C6170736520706C616365626F20766973697420766973697420706C616365626F2073636F726520706C616365626F2073636F7265207765656B73207061696E20766973697420646F736520646F7365206461696C7920626C6F6F6420706C616365626F2073636F7265207061696E2072656C61707365207765656B732073636F726520626C6F6F64206461696C7920626C6F6F64227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303034222C226E63744964223A224E43543939303030303034227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'B0E3ACD8B52D0F645DAF657FBB985EB0635A0DEA682E469DCA65F71DFC71085C',1,0,'[]');
INSERT INTO "staged_record" VALUES(16,'ctgov','NCT99000009',1,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A2273636F7265207061696E207765656B7320766973697420646F736520706C616365626F20766973697420646F736520706C616365626F206461696C7920646F7365207061696E2061726D2073636F72652061726D207765656B7320626C6F6F64207765656B7320706C616365626F2072656C6170736520706C616365626F2061726D207061696E2061726D207765656B7320626C6F6F64206461696C792061726D2073636F726520646F736520626C6F6F6420626C6F6F6420626C6F6F64207669736974207765656B7320766973697420766973697420646F7365207061696E2073636F726520646F73652073636F72652072656C61707365207765656B7320706C616365626F207765656B7320706C616365626F20766973697420626C6F6F6420646F736520646F736520706C616365626F20646F736520646F73652073636F72652072656C617073652073636F7265207061696E206461696C7920646F7365227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303039222C226E63744964223A224E43543939303030303039227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'48AE3B27AA7EE50D24CB65C3DFD480413985A452E6C0B9F20EA70522D3D6438E',1,0,'[]');
INSERT INTO "staged_record" VALUES(17,'ctgov','NCT99000005',1,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A226461696C792061726D2061726D2072656C617073652061726D2072656C6170736520646F73652073636F72652072656C61707365206461696C792072656C61707365207765656B732073636F726520626C6F6F6420706C616365626F20706C616365626F20646F736520626C6F6F6420626C6F6F642072656C617073652061726D207765656B732061726D207765656B73206461696C79207765656B7320646F736520766973697420626C6F6F6420626C6F6F642072656C6170736520766973697420626C6F6F642072656C6170736520706C616365626F206461696C7920626C6F6F642072656C61707365206461696C792072656C6170736520766973697420626C6F6F64207061696E207765656B73207765656B7320646F7365207061696E206461696C7920646F7365206461696C79207061696E207061696E2076697369742073636F7265207061696E2073636F72652061726D20646F73652072656C6170736520646F7365227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303035222C226E63744964223A224E43543939303030303035227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2252454352554954494E47222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D7D7D7D',X'B185E698A29BDA22D658BD2BCD87D5C4F89FE7D2CCC9529B62390D6DBCB3EA76',1,0,'[]');
INSERT INTO "staged_record" VALUES(18,'ctgov','NCT99000001',3,X'7B226465726976656453656374696F6E223A7B22636F6E646974696F6E42726F7773654D6F64756C65223A7B226D6573686573223A5B7B226964223A2244303030303031222C227465726D223A225468696E67227D5D7D2C226D697363496E666F4D6F64756C65223A7B2276657273696F6E486F6C646572223A22323032362D31312D3233227D7D2C22686173526573756C7473223A66616C73652C2270726F746F636F6C53656374696F6E223A7B22636F6E74616374734C6F636174696F6E734D6F64756C65223A7B226C6F636174696F6E73223A5B7B2263697479223A224C796F6E222C22636F756E747279223A224672616E6365222C2267656F506F696E74223A7B226C6174223A34352E37343834362C226C6F6E223A342E38343637317D7D2C7B2263697479223A225061726973222C22636F756E747279223A224672616E6365227D2C7B2263697479223A224265726E222C22636F756E747279223A22537769747A65726C616E64227D5D7D2C226465736372697074696F6E4D6F64756C65223A7B22627269656653756D6D617279223A227765656B732076697369742061726D20626C6F6F642073636F72652073636F7265206461696C792061726D20646F736520646F73652076697369742073636F72652061726D20646F73652073636F72652061726D20626C6F6F642072656C617073652072656C6170736520646F736520646F736520706C616365626F2072656C61707365207061696E20626C6F6F642073636F726520646F736520626C6F6F642073636F72652073636F726520626C6F6F6420626C6F6F6420626C6F6F642073636F726520626C6F6F6420646F736520766973697420706C616365626F206461696C79207765656B732072656C61707365207669736974207765656B73207061696E2061726D2061726D2072656C617073652073636F7265207669736974206461696C79207061696E20706C616365626F20766973697420766973697420706C616365626F20706C616365626F20646F736520626C6F6F642061726D2073636F7265227D2C226964656E74696669636174696F6E4D6F64756C65223A7B2262726965665469746C65223A225374756479204E43543939303030303031222C226E63744964223A224E43543939303030303031227D2C2273706F6E736F72436F6C6C61626F7261746F72734D6F64756C65223A7B226C65616453706F6E736F72223A7B22636C617373223A224F54484552222C226E616D65223A224120486F73706974616C227D7D2C227374617475734D6F64756C65223A7B226C617374557064617465506F737444617465537472756374223A7B2264617465223A22323032362D31312D3139222C2274797065223A2241435455414C227D2C226C6173745570646174655375626D697444617465223A22323032362D31312D3138222C226F766572616C6C537461747573223A2253555350454E444544222C22737461727444617465537472756374223A7B2264617465223A22323032362D3031227D2C2277687953746F70706564223A22537570706C79227D7D7D',X'57FC960CC53ABBB4CB8AB84936EF5686D33821232D9A5D6E9D67B91EB7C6EBF2',1,0,'[]');
CREATE TABLE trial (
        key integer primary key,
        registry text not null,
        trial text not null,
        title text not null,
        status text,
        why_stopped text,
        phase text,
        sponsor text,
        sponsor_class text,
        study_type text,
        enrollment integer,
        updated text,
        submitted text,
        has_results integer not null,
        start text,
        primary_completion text,
        completion text,
        conditions text not null,
        countries text not null,
        aliases text not null,
        state text not null default 'present' check (state in ('present', 'gone', 'merged')),
        state_since text,
        merged_into text,
        first_seen text not null,
        snapshots integer not null default 0,
        archived integer not null default 0,
        unique (trial, registry)
    ) strict;
INSERT INTO "trial" VALUES(1,'ctgov','NCT99000003','Study NCT99000003','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',2,0);
INSERT INTO "trial" VALUES(2,'ctgov','NCT99000007','Study NCT99000007','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(3,'ctgov','NCT99000006','Study NCT99000006','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(4,'ctgov','NCT99000002','Study NCT99000002','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',7,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',2,0);
INSERT INTO "trial" VALUES(5,'ctgov','NCT99000010','Study NCT99000010','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(6,'ctgov','NCT99000008','Study NCT99000008','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(7,'ctgov','NCT99000004','Study NCT99000004','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(8,'ctgov','NCT99000009','Study NCT99000009','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(9,'ctgov','NCT99000005','Study NCT99000005','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(10,'ctgov','NCT99000001','Study NCT99000001','SUSPENDED','Supply','Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',3,3);
INSERT INTO "trial" VALUES(11,'ctgov','NCT99000012','Study NCT99000012','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
INSERT INTO "trial" VALUES(12,'ctgov','NCT99000011','Study NCT99000011','RECRUITING',NULL,'Phase 1/Phase 2','A Hospital','OTHER','INTERVENTIONAL',42,'2026-11-19','2026-11-18',0,'2026-01',NULL,NULL,'[]','["France","Switzerland"]','[]','present',NULL,NULL,'2026-11-20T09:20:30.250000Z',1,0);
CREATE TABLE turning (
        trial integer primary key references trial (key),
        rules integer not null,
        looked text not null,
        turns text
    ) strict;
INSERT INTO "turning" VALUES(1,1,'2026-11-22',NULL);
INSERT INTO "turning" VALUES(2,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(3,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(4,1,'2026-11-21',NULL);
INSERT INTO "turning" VALUES(5,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(6,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(7,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(8,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(9,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(10,1,'2026-11-22',NULL);
INSERT INTO "turning" VALUES(11,1,'2026-11-20',NULL);
INSERT INTO "turning" VALUES(12,1,'2026-11-20',NULL);
CREATE TABLE untold (
        event integer primary key,
        registry text not null,
        told integer not null,
        swept integer
    ) strict;
CREATE TABLE version (
        trial integer not null references trial (key),
        line text not null check (line in ('snapshot', 'archive')),
        number integer not null check (number > 0),
        content blob not null,
        entry integer not null references ledger (entry),
        size integer not null,
        seen_at text not null,
        build text,
        updated text,
        submitted text,
        primary key (trial, line, number)
    ) strict, without rowid;
INSERT INTO "version" VALUES(1,'snapshot',1,X'610D79A6B8F0640D22E79ACECEA9AD61B4AAD42C416512D1192395FC89CCEF5C',1,1254,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(1,'snapshot',2,X'19900B2E2568CA140F744DCC3690C017C8F8726DE37122607378B73E091E2855',15,1251,'2026-11-22T09:20:30.250000Z','2026-11-22','2026-11','2026-11-18');
INSERT INTO "version" VALUES(2,'snapshot',1,X'AFE937BA96426B89EC256259EBC7C288BF0774890CF7A29DDEA09BDFB5DA4918',2,1242,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(3,'snapshot',1,X'E6EBB40C23DA288A82683EAA0778A08E90F880EF68411F4BE5AD04370E77386F',3,1242,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(4,'snapshot',1,X'FF6C38174DFC6420A1900CDADDDF3B6FB2AF40CAB4757ACDC5D2A162A182D1C2',4,1249,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(4,'snapshot',2,X'6A058BD0BB3872D043011659772C5939BD874FDA7F6A7CD92EA3AFB2993B627B',13,1248,'2026-11-21T09:20:30.250000Z','2026-11-21','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(5,'snapshot',1,X'6E23F40B4A1A8170161CFA28D7915755A4A8A622B4BB44B696093FAC099BF16B',5,1251,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(6,'snapshot',1,X'6BEF8D0CF512A7516B5157B5F57EE231DFB566AD58505C84EA0DFB8C5018C422',6,1250,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(7,'snapshot',1,X'5AF8E77BD4D5C9387FBC791591648CB6E705EBA6173C3E993A3DCCFAFC2E7CE2',7,1251,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(8,'snapshot',1,X'2BB17E8E85146C6F3E8F94F37ACBD2D5C17ACCF4262C4E6D69FBEA71E44CCA61',8,1235,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(9,'snapshot',1,X'CC330D07B18D3F327496F3333D49662247A0B86D3A6EDC648CE9526F8521A941',9,1243,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(10,'archive',1,X'153E7BC133EC21D86C25767782E8F451289731E9BFD6CF91B2A846436FD07490',17,857,'2026-11-23T09:20:30.250000Z',NULL,'2024-01-15','2026-11-18');
INSERT INTO "version" VALUES(10,'archive',2,X'3A3DF926603458E743A67CBC1719FDAD73EEB8E1F00F7BDBA4E97B65CE04AF8E',19,857,'2026-11-23T09:20:30.250000Z',NULL,'2024-02-15','2026-11-18');
INSERT INTO "version" VALUES(10,'archive',4,X'B460A7AB9C5F68BCF98E1D4D154D5580BA623D02E14DCFAB003743073A335EE1',18,857,'2026-11-23T09:20:30.250000Z',NULL,'2024-04-15','2026-11-18');
INSERT INTO "version" VALUES(10,'snapshot',1,X'3A6E46B9E622EEA7042261166A985D4649372CC6606887B79B4C5C4F1B3C8428',10,1236,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(10,'snapshot',2,X'307EFEBD0C5ADA66C9734873D798451A7B860D9DE2A2A375B56C051EFF0885B6',14,1235,'2026-11-21T09:20:30.250000Z','2026-11-21','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(10,'snapshot',3,X'50218C614A811F0AF08F7BE53DD43F5CFA94F52C93BD5C9AE36AF212860B5B67',16,1257,'2026-11-22T09:20:30.250000Z','2026-11-22','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(11,'snapshot',1,X'04C465C5481E6D9CD105D2A192BEAC180BEF3F0AE7CE0D12C7FC4AA0CA91A551',11,1246,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
INSERT INTO "version" VALUES(12,'snapshot',1,X'1D73A6EF37E559F4A0D2192DCC31F368A2CDBAABCE4F7DC23E04232C9830C667',12,1248,'2026-11-20T09:20:30.250000Z','2026-11-20','2026-11-19','2026-11-18');
CREATE TABLE watch (
        id integer primary key,
        name text not null,
        registry text not null,
        definition text not null,
        definition_hash text not null,
        origin text not null check (origin in ('config', 'command')),
        added_at text not null,
        removed_at text,
        baseline integer not null default 1,
        tell_first integer not null default 0,
        finished text,
        finished_at text,
        tried_at text,
        error text
    ) strict;
INSERT INTO "watch" VALUES(1,'named','ctgov','{"ids": ["NCT99000001", "NCT99000002", "NCT99000003", "NCT99000004", "NCT99000005", "NCT99000006", "NCT99000007", "NCT99000008", "NCT99000009", "NCT99000010"], "registry": "ctgov"}','1aab5ee7a54f','config','2026-11-20T09:20:30Z',NULL,0,0,'2026-11-23T09:00:06','2026-11-23T09:20:30Z','2026-11-23T09:20:30Z',NULL);
INSERT INTO "watch" VALUES(2,'found','ctgov','{"query": {"cond": "thing"}, "registry": "ctgov"}','04e8b5140adc','config','2026-11-20T09:20:30Z',NULL,0,0,'2026-11-23T09:00:06','2026-11-23T09:20:30Z','2026-11-23T09:20:30Z',NULL);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX head_fingerprint on head (fingerprint, trial) where fingerprint is not null;
CREATE INDEX event_severity on event (severity);
CREATE INDEX event_trial on event (trial, registry);
CREATE INDEX event_at on event (at);
CREATE INDEX event_engine on event (engine);
CREATE INDEX change_field on change (field, event);
CREATE INDEX event_watch_event on event_watch (event);
CREATE INDEX event_tag_event on event_tag (event);
CREATE INDEX turning_turns on turning (rules, turns);
CREATE VIEW history as
        select trial.registry, trial.trial, version.line, version.number, version.build, version.updated,
               version.submitted, version.seen_at, version.size, lower(hex(ledger.sha256)) as sha256
        from version join trial on trial.key = version.trial join ledger on ledger.entry = version.entry;
CREATE INDEX message_open on message (notifier, number)
        where state in ('waiting', 'claimed', 'unknown');
CREATE INDEX message_ended on message (state, ended_at);
CREATE INDEX message_thread on message (thread, notifier);
CREATE INDEX delivery_waiting on delivery (due_at) where state = 'waiting';
CREATE INDEX delivery_message on delivery (message) where message is not null;
CREATE INDEX delivery_thread on delivery (thread, notifier);
CREATE INDEX lane_message on lane (message);
CREATE UNIQUE INDEX watch_name on watch (name) where removed_at is null;
CREATE INDEX member_trial on member (trial, watch);
CREATE INDEX poll_registry on poll (registry, id);
CREATE INDEX held_state on held (state, registry);
CREATE INDEX staged_record_trial on staged_record (registry, trial);
CREATE INDEX staged_held on staged (held, registry, trial);
CREATE INDEX staged_body on staged (record);
CREATE INDEX untold_registry on untold (registry, event);
CREATE UNIQUE INDEX drift_once on drift (registry, build, field, kind, action, ifnull(before, ''), ifnull(after, ''), noise);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('ledger',19);
INSERT INTO "sqlite_sequence" VALUES('event',4);
COMMIT;
