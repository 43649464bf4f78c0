CREATE TABLE tenant (
	id VARCHAR(20) NOT NULL,
	name VARCHAR(100) NOT NULL,
	level VARCHAR(10) NOT NULL,
	document VARCHAR(300) NOT NULL,
	zone VARCHAR(40) NOT NULL,
	demo BOOLEAN NOT NULL,
	virtual_at TIMESTAMP WITH TIME ZONE,
	covered_until DATE NOT NULL,
	calendar_revision INTEGER NOT NULL,
	parameter_revision INTEGER NOT NULL,
	head_seq INTEGER NOT NULL,
	head_hash BYTEA NOT NULL,
	PRIMARY KEY (id)
)

CREATE TABLE unit (
	tenant VARCHAR(20) NOT NULL,
	code VARCHAR(40) NOT NULL,
	name VARCHAR(100) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	parent VARCHAR(40),
	valid_from DATE,
	valid_to DATE,
	successor VARCHAR(40),
	position INTEGER NOT NULL,
	PRIMARY KEY (tenant, code)
)

CREATE TABLE substitute (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	by_unit VARCHAR(40) NOT NULL,
	by_post VARCHAR(20) NOT NULL,
	first_day DATE NOT NULL,
	last_day DATE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	set_by VARCHAR(160) NOT NULL,
	PRIMARY KEY (id)
)

CREATE INDEX substitute_of ON substitute (tenant, unit, post, first_day)

CREATE TABLE ledger (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	deployment_id INTEGER NOT NULL,
	version INTEGER NOT NULL,
	head_seq INTEGER NOT NULL,
	head_hash BYTEA NOT NULL,
	status VARCHAR(10) NOT NULL,
	stage VARCHAR(20) NOT NULL,
	lamp VARCHAR(6) NOT NULL,
	lamp_at TIMESTAMP WITH TIME ZONE,
	suspended_at TIMESTAMP WITH TIME ZONE,
	code VARCHAR(40),
	title VARCHAR(300),
	source VARCHAR(40),
	basis VARCHAR(300),
	requirement TEXT,
	evidence TEXT,
	matter_class VARCHAR(20),
	key_matter BOOLEAN,
	has_basis BOOLEAN,
	lead_unit VARCHAR(40),
	co_units VARCHAR(1000),
	supervisor_unit VARCHAR(40),
	leader_post VARCHAR(80),
	approver_post VARCHAR(80),
	received_at TIMESTAMP WITH TIME ZONE,
	registered_at TIMESTAMP WITH TIME ZONE,
	issued_at TIMESTAMP WITH TIME ZONE,
	signed_at TIMESTAMP WITH TIME ZONE,
	due_at DATE,
	original_due_at DATE,
	long_term BOOLEAN,
	review_at DATE,
	own_cycle VARCHAR(10),
	co_due_at DATE,
	level INTEGER,
	level_label VARCHAR(20),
	level_limit_at DATE,
	extension_pending BOOLEAN,
	extension_count INTEGER,
	closing_pending BOOLEAN,
	closing_requested_at TIMESTAMP WITH TIME ZONE,
	closed_at TIMESTAMP WITH TIME ZONE,
	result VARCHAR(20),
	grade VARCHAR(10),
	late BOOLEAN,
	late_reports INTEGER,
	milestone_missed BOOLEAN,
	progress_percent INTEGER,
	points FLOAT,
	honours_lost BOOLEAN,
	assumed VARCHAR(300),
	PRIMARY KEY (id)
)

CREATE INDEX ledger_wake ON ledger (tenant, lamp_at) WHERE lamp_at IS NOT NULL

CREATE INDEX ledger_list ON ledger (tenant, status, due_at, code, lead_unit, stage, level, lamp, matter_class, supervisor_unit, leader_post, source, late, extension_count, title, id)

CREATE UNIQUE INDEX ledger_code ON ledger (tenant, code)

CREATE INDEX ledger_lamp ON ledger (tenant, status, lamp, lead_unit, supervisor_unit, leader_post, id)

CREATE INDEX ledger_unit ON ledger (tenant, lead_unit, status, due_at, code, stage, level, lamp, matter_class, supervisor_unit, leader_post, source, late, extension_count, title, id)

CREATE INDEX ledger_registered ON ledger (tenant, registered_at, lead_unit)

CREATE INDEX ledger_closed ON ledger (tenant, closed_at, status, late, lead_unit)

CREATE TABLE event (
	chain VARCHAR(60) NOT NULL,
	seq INTEGER NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	instance_id UUID,
	deployment_id INTEGER,
	process VARCHAR(80),
	element VARCHAR(80),
	name VARCHAR(200),
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(160) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	summary TEXT NOT NULL,
	data TEXT NOT NULL,
	alg VARCHAR(10) NOT NULL,
	prev BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	PRIMARY KEY (chain, seq)
)

CREATE INDEX event_tenant ON event (tenant, recorded_at)

CREATE OR REPLACE FUNCTION event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '轨迹只能追加，不能修改或删除'; END $$

CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_refuse()

CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_refuse()

CREATE TABLE calendar_day (
	tenant VARCHAR(20) NOT NULL,
	day DATE NOT NULL,
	working BOOLEAN NOT NULL,
	source VARCHAR(100) NOT NULL,
	note VARCHAR(200) NOT NULL,
	PRIMARY KEY (tenant, day)
)

CREATE TABLE document (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID,
	instance_id UUID NOT NULL,
	notice_id UUID,
	deployment_id INTEGER NOT NULL,
	template VARCHAR(80) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	number VARCHAR(60) NOT NULL,
	title VARCHAR(300) NOT NULL,
	content TEXT NOT NULL,
	hash VARCHAR(64) NOT NULL,
	issued_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id)
)

CREATE INDEX document_list ON document (tenant, issued_at)

CREATE INDEX document_matter ON document (matter_id, issued_at)

CREATE INDEX document_kind ON document (tenant, kind, issued_at)

CREATE INDEX document_number ON document (tenant, number)

CREATE INDEX document_notice ON document (notice_id)

CREATE OR REPLACE FUNCTION document_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '签发的文书不能修改或删除'; END $$

CREATE TRIGGER document_no_change BEFORE UPDATE OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_refuse()

CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON document FOR EACH STATEMENT EXECUTE FUNCTION document_refuse()

CREATE TABLE parameter (
	tenant VARCHAR(20) NOT NULL,
	name VARCHAR(60) NOT NULL,
	value TEXT NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(120) NOT NULL,
	PRIMARY KEY (tenant, name)
)

CREATE TABLE job (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	instance_id UUID,
	process VARCHAR(80),
	element VARCHAR(80),
	data TEXT NOT NULL,
	tries INTEGER NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE,
	real_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id)
)

CREATE INDEX job_real ON job (real_at)

CREATE INDEX job_instance ON job (instance_id)

CREATE INDEX job_due ON job (tenant, due_at)

CREATE TABLE resource (
	hash VARCHAR(64) NOT NULL,
	content BYTEA NOT NULL,
	PRIMARY KEY (hash)
)

CREATE TABLE deployment (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	number INTEGER NOT NULL,
	hash VARCHAR(64) NOT NULL,
	deployed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(160) NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (tenant, number)
)

CREATE TABLE contact (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	account_id INTEGER NOT NULL,
	channel VARCHAR(10) NOT NULL,
	address VARCHAR(200) NOT NULL,
	kinds VARCHAR(60) NOT NULL,
	stop_key VARCHAR(43) NOT NULL,
	code_hash VARCHAR(64) NOT NULL,
	code_at TIMESTAMP WITH TIME ZONE NOT NULL,
	wrong INTEGER NOT NULL,
	verified_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id),
	UNIQUE (account_id, channel),
	UNIQUE (stop_key)
)

CREATE INDEX contact_tenant ON contact (tenant)

CREATE TABLE outbox (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	contact_id UUID NOT NULL,
	channel VARCHAR(10) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	urgent BOOLEAN NOT NULL,
	title VARCHAR(300) NOT NULL,
	step VARCHAR(200) NOT NULL,
	deadline DATE,
	place VARCHAR(10) NOT NULL,
	place_id UUID,
	told_at TIMESTAMP WITH TIME ZONE NOT NULL,
	from_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ready_at TIMESTAMP WITH TIME ZONE NOT NULL,
	delivery_id UUID,
	PRIMARY KEY (id)
)

CREATE INDEX outbox_ready ON outbox (tenant, ready_at) WHERE delivery_id IS NULL

CREATE INDEX outbox_delivery ON outbox (delivery_id)

CREATE INDEX outbox_contact ON outbox (contact_id) WHERE delivery_id IS NULL

CREATE TABLE delivery (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	contact_id UUID NOT NULL,
	account_id INTEGER NOT NULL,
	channel VARCHAR(10) NOT NULL,
	urgent BOOLEAN NOT NULL,
	size INTEGER NOT NULL,
	code VARCHAR(6),
	state VARCHAR(10) NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	tries INTEGER NOT NULL,
	next_at TIMESTAMP WITH TIME ZONE NOT NULL,
	error TEXT NOT NULL,
	PRIMARY KEY (id)
)

CREATE INDEX delivery_next ON delivery (channel, next_at) WHERE state = 'waiting'

CREATE INDEX delivery_state ON delivery (tenant, state, made_at)

CREATE INDEX delivery_account ON delivery (account_id, made_at)

CREATE TABLE channel (
	name VARCHAR(10) NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE,
	down_since TIMESTAMP WITH TIME ZONE,
	try_at TIMESTAMP WITH TIME ZONE,
	error TEXT NOT NULL,
	PRIMARY KEY (name)
)

CREATE TABLE attachment_content (
	fingerprint VARCHAR(80) NOT NULL,
	content BYTEA NOT NULL,
	PRIMARY KEY (fingerprint)
)

CREATE TABLE number_series (
	tenant VARCHAR(20) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	year INTEGER NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (tenant, kind, year)
)

CREATE TABLE message (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	matter_id UUID,
	text TEXT NOT NULL,
	kind VARCHAR(10) NOT NULL,
	step VARCHAR(200) NOT NULL,
	stands_for INTEGER NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	read_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id)
)

CREATE INDEX message_matter ON message (matter_id)

CREATE INDEX message_inbox ON message (tenant, unit, post, sent_at)

CREATE TABLE suspension (
	tenant VARCHAR(20) NOT NULL,
	process VARCHAR(80) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by VARCHAR(160) NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (tenant, process)
)

CREATE TABLE breakdown (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	account_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	state VARCHAR(10) NOT NULL,
	base DATE,
	sheets BYTEA NOT NULL,
	sheet INTEGER NOT NULL,
	columns TEXT NOT NULL,
	labels TEXT NOT NULL,
	common TEXT NOT NULL,
	whole BOOLEAN NOT NULL,
	actor TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
)

CREATE INDEX breakdown_account ON breakdown (tenant, account_id, id)

CREATE TABLE proof (
	tenant VARCHAR(20) NOT NULL,
	bundle VARCHAR(64) NOT NULL,
	story VARCHAR(200) NOT NULL,
	holds BOOLEAN NOT NULL,
	line INTEGER,
	why TEXT NOT NULL,
	marks TEXT NOT NULL,
	told_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (tenant, bundle, story)
)

CREATE TABLE export (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	account_id INTEGER NOT NULL,
	kind VARCHAR(20) NOT NULL,
	name TEXT NOT NULL,
	file VARCHAR(200) NOT NULL,
	asked TEXT NOT NULL,
	state VARCHAR(10) NOT NULL,
	done INTEGER NOT NULL,
	total INTEGER NOT NULL,
	fault TEXT NOT NULL,
	begun_at TIMESTAMP WITH TIME ZONE NOT NULL,
	beat_at TIMESTAMP WITH TIME ZONE,
	ended_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id)
)

CREATE INDEX export_account ON export (account_id, id)

CREATE INDEX export_state ON export (state, begun_at)

CREATE TABLE incident (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	instance_id UUID,
	matter_id UUID,
	process VARCHAR(80),
	element VARCHAR(80),
	name VARCHAR(200),
	cause TEXT NOT NULL,
	expression TEXT,
	values TEXT,
	advice TEXT NOT NULL,
	verb VARCHAR(20) NOT NULL,
	state VARCHAR(10) NOT NULL,
	tries INTEGER NOT NULL,
	job_id UUID,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	resolved_at TIMESTAMP WITH TIME ZONE,
	resolved_by VARCHAR(160),
	PRIMARY KEY (id)
)

CREATE INDEX incident_instance ON incident (instance_id)

CREATE INDEX incident_open ON incident (tenant, state, opened_at)

CREATE INDEX incident_job ON incident (job_id)

CREATE TABLE migration (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	source INTEGER NOT NULL,
	target INTEGER NOT NULL,
	mapped TEXT NOT NULL,
	reason TEXT NOT NULL,
	actor TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	undo TEXT,
	PRIMARY KEY (id)
)

CREATE INDEX migration_tenant ON migration (tenant, id)

CREATE TABLE roster_held (
	account_id SERIAL NOT NULL,
	name VARCHAR(200) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	content BYTEA NOT NULL,
	held_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (account_id)
)

CREATE TABLE urging (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID NOT NULL,
	task_id UUID NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	urged_by VARCHAR(160) NOT NULL,
	note TEXT NOT NULL,
	urged_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id)
)

CREATE INDEX urging_task ON urging (task_id, urged_at)

CREATE TABLE heartbeat (
	name VARCHAR(40) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (name)
)

CREATE TABLE backtest (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	name VARCHAR(200) NOT NULL,
	hash VARCHAR(64) NOT NULL,
	files BYTEA NOT NULL,
	renamed TEXT NOT NULL,
	found TEXT NOT NULL,
	chosen TEXT NOT NULL,
	seed INTEGER NOT NULL,
	until TIMESTAMP WITH TIME ZONE NOT NULL,
	state VARCHAR(10) NOT NULL,
	beat_at TIMESTAMP WITH TIME ZONE,
	fault TEXT NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	made_by VARCHAR(160) NOT NULL,
	PRIMARY KEY (id)
)

CREATE INDEX backtest_state ON backtest (state, beat_at)

CREATE INDEX backtest_tenant ON backtest (tenant, id)

CREATE TABLE post (
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	name VARCHAR(40) NOT NULL,
	phone VARCHAR(40) NOT NULL,
	PRIMARY KEY (tenant, unit, post),
	FOREIGN KEY(tenant, unit) REFERENCES unit (tenant, code)
)

CREATE TABLE co_unit (
	matter_id UUID NOT NULL,
	unit VARCHAR(40) NOT NULL,
	co_due_at DATE,
	duty TEXT,
	reported_at TIMESTAMP WITH TIME ZONE,
	waived BOOLEAN NOT NULL,
	PRIMARY KEY (matter_id, unit),
	FOREIGN KEY(matter_id) REFERENCES ledger (id)
)

CREATE INDEX co_unit_unit ON co_unit (unit, matter_id)

CREATE TABLE deployment_file (
	deployment_id INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	resource_hash VARCHAR(64) NOT NULL,
	PRIMARY KEY (deployment_id, name),
	FOREIGN KEY(deployment_id) REFERENCES deployment (id),
	FOREIGN KEY(resource_hash) REFERENCES resource (hash)
)

CREATE TABLE circulation (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID NOT NULL,
	task_id UUID,
	note TEXT NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	sent_by VARCHAR(160) NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id)
)

CREATE INDEX circulation_matter ON circulation (matter_id, sent_at)

CREATE INDEX circulation_sender ON circulation (tenant, unit, post, sent_at)

CREATE TABLE attachment (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID NOT NULL,
	task_id UUID,
	field VARCHAR(80) NOT NULL,
	name VARCHAR(120) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	size INTEGER NOT NULL,
	fingerprint VARCHAR(80) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	attached_by VARCHAR(160) NOT NULL,
	attached_at TIMESTAMP WITH TIME ZONE NOT NULL,
	withdrawn_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id),
	FOREIGN KEY(fingerprint) REFERENCES attachment_content (fingerprint)
)

CREATE INDEX attachment_matter ON attachment (matter_id, attached_at)

CREATE TABLE instance (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID,
	process VARCHAR(80) NOT NULL,
	deployment_id INTEGER NOT NULL,
	status VARCHAR(10) NOT NULL,
	version INTEGER NOT NULL,
	state BYTEA NOT NULL,
	vars TEXT NOT NULL,
	hears TEXT NOT NULL,
	business_key VARCHAR(200),
	parent_id UUID,
	parent_task UUID,
	number INTEGER,
	token TEXT,
	outcome TEXT,
	undo TEXT,
	started_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	head_seq INTEGER NOT NULL,
	head_hash BYTEA NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id)
)

CREATE INDEX instance_child ON instance (parent_task) WHERE parent_task IS NOT NULL

CREATE INDEX instance_key ON instance (business_key, tenant) WHERE business_key IS NOT NULL

CREATE INDEX instance_matter ON instance (matter_id, process)

CREATE INDEX instance_process ON instance (tenant, process, status)

CREATE TABLE breakdown_line (
	breakdown_id INTEGER NOT NULL,
	place INTEGER NOT NULL,
	number INTEGER NOT NULL,
	said TEXT NOT NULL,
	answer TEXT NOT NULL,
	notes TEXT NOT NULL,
	wrong TEXT NOT NULL,
	twin TEXT NOT NULL,
	edited BOOLEAN NOT NULL,
	left_out BOOLEAN NOT NULL,
	state VARCHAR(10) NOT NULL,
	why TEXT NOT NULL,
	code VARCHAR(40),
	matter_id UUID,
	PRIMARY KEY (breakdown_id, place),
	FOREIGN KEY(breakdown_id) REFERENCES breakdown (id)
)

CREATE INDEX breakdown_line_state ON breakdown_line (breakdown_id, state)

CREATE TABLE comment (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID NOT NULL,
	task_id UUID,
	reply_to UUID,
	mentioned VARCHAR(80) NOT NULL,
	text TEXT NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	written_by VARCHAR(160) NOT NULL,
	written_at TIMESTAMP WITH TIME ZONE NOT NULL,
	withdrawn_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id),
	FOREIGN KEY(reply_to) REFERENCES comment (id)
)

CREATE INDEX comment_matter ON comment (matter_id, written_at)

CREATE TABLE following (
	tenant VARCHAR(20) NOT NULL,
	shared_id INTEGER,
	since TIMESTAMP WITH TIME ZONE NOT NULL,
	actor VARCHAR(160) NOT NULL,
	PRIMARY KEY (tenant),
	FOREIGN KEY(shared_id) REFERENCES deployment (id)
)

CREATE TABLE migration_matter (
	migration_id INTEGER NOT NULL,
	matter_id UUID NOT NULL,
	state VARCHAR(10) NOT NULL,
	sentence TEXT NOT NULL,
	kept BYTEA,
	seq INTEGER,
	PRIMARY KEY (migration_id, matter_id),
	FOREIGN KEY(migration_id) REFERENCES migration (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id)
)

CREATE INDEX migration_matter_matter ON migration_matter (matter_id)

CREATE INDEX migration_matter_state ON migration_matter (migration_id, state)

CREATE TABLE proposal (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	number INTEGER NOT NULL,
	base_id INTEGER,
	hash VARCHAR(64) NOT NULL,
	note TEXT NOT NULL,
	effect_on DATE,
	state VARCHAR(10) NOT NULL,
	proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	proposed_by VARCHAR(160) NOT NULL,
	account_id INTEGER,
	decided_at TIMESTAMP WITH TIME ZONE,
	decided_by VARCHAR(160) NOT NULL,
	opinion TEXT NOT NULL,
	trouble TEXT NOT NULL,
	deployment_id INTEGER,
	shared_id INTEGER,
	PRIMARY KEY (id),
	UNIQUE (tenant, number),
	FOREIGN KEY(base_id) REFERENCES deployment (id),
	FOREIGN KEY(deployment_id) REFERENCES deployment (id),
	FOREIGN KEY(shared_id) REFERENCES deployment (id)
)

CREATE TABLE backtest_matter (
	backtest_id INTEGER NOT NULL,
	matter_id UUID NOT NULL,
	changed BOOLEAN NOT NULL,
	outcome BYTEA,
	course BYTEA,
	PRIMARY KEY (backtest_id, matter_id),
	FOREIGN KEY(backtest_id) REFERENCES backtest (id)
)

CREATE TABLE notice (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID NOT NULL,
	instance_id UUID NOT NULL,
	kind VARCHAR(20) NOT NULL,
	level INTEGER NOT NULL,
	number VARCHAR(60),
	to_unit VARCHAR(40) NOT NULL,
	title VARCHAR(300) NOT NULL,
	body TEXT NOT NULL,
	state VARCHAR(10) NOT NULL,
	reason TEXT NOT NULL,
	limit_at DATE,
	points FLOAT NOT NULL,
	honours BOOLEAN NOT NULL,
	approver VARCHAR(160) NOT NULL,
	drafted_at TIMESTAMP WITH TIME ZONE NOT NULL,
	issued_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id)
)

CREATE UNIQUE INDEX notice_number ON notice (tenant, number)

CREATE INDEX notice_matter ON notice (matter_id)

CREATE INDEX notice_list ON notice (tenant, state, drafted_at)

CREATE TABLE account (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	login VARCHAR(60) NOT NULL,
	password_hash VARCHAR(200) NOT NULL,
	active BOOLEAN NOT NULL,
	failed INTEGER NOT NULL,
	locked_until TIMESTAMP WITH TIME ZONE,
	session_key VARCHAR(32) NOT NULL,
	one_time BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(tenant, unit, post) REFERENCES post (tenant, unit, post),
	UNIQUE (login)
)

CREATE INDEX account_post ON account (tenant, unit, post)

CREATE TABLE timer (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	instance_id UUID NOT NULL,
	matter_id UUID,
	process VARCHAR(80) NOT NULL,
	element VARCHAR(80) NOT NULL,
	name VARCHAR(200) NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE NOT NULL,
	held BOOLEAN NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(instance_id) REFERENCES instance (id)
)

CREATE INDEX timer_matter ON timer (matter_id, due_at)

CREATE INDEX timer_instance ON timer (instance_id)

CREATE INDEX timer_due ON timer (tenant, due_at) WHERE NOT held

CREATE TABLE user_task (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	instance_id UUID NOT NULL,
	matter_id UUID,
	process VARCHAR(80) NOT NULL,
	element VARCHAR(80) NOT NULL,
	name VARCHAR(200) NOT NULL,
	form VARCHAR(80),
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	token TEXT,
	state VARCHAR(10) NOT NULL,
	opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
	opened_turn INTEGER NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE,
	closed_at TIMESTAMP WITH TIME ZONE,
	closed_by VARCHAR(160),
	closed_turn INTEGER,
	answer TEXT,
	fallback TEXT,
	claimed_by INTEGER,
	owner VARCHAR(61),
	kept TEXT,
	asks UUID,
	how VARCHAR(10),
	PRIMARY KEY (id),
	FOREIGN KEY(instance_id) REFERENCES instance (id)
)

CREATE INDEX user_task_inbox ON user_task (tenant, unit, post, due_at) WHERE state = 'open'

CREATE INDEX user_task_instance ON user_task (instance_id)

CREATE INDEX user_task_done ON user_task (tenant, unit, post, closed_at) WHERE state = 'done'

CREATE INDEX user_task_matter ON user_task (matter_id, opened_at)

CREATE INDEX user_task_asks ON user_task (asks) WHERE asks IS NOT NULL

CREATE TABLE circulation_copy (
	circulation_id UUID NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	matter_id UUID NOT NULL,
	sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
	read_at TIMESTAMP WITH TIME ZONE,
	read_by VARCHAR(160),
	PRIMARY KEY (circulation_id, unit, post),
	FOREIGN KEY(circulation_id) REFERENCES circulation (id)
)

CREATE INDEX circulation_seen ON circulation_copy (matter_id, unit, post)

CREATE INDEX circulation_inbox ON circulation_copy (tenant, unit, post, sent_at)

CREATE INDEX circulation_unread ON circulation_copy (tenant, unit, post) WHERE read_at IS NULL

CREATE TABLE subscription (
	tenant VARCHAR(20) NOT NULL,
	name VARCHAR(220) NOT NULL,
	instance_id UUID NOT NULL,
	PRIMARY KEY (tenant, name, instance_id),
	FOREIGN KEY(instance_id) REFERENCES instance (id)
)

CREATE INDEX subscription_instance ON subscription (instance_id)

CREATE TABLE proposal_file (
	proposal_id INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	resource_hash VARCHAR(64) NOT NULL,
	PRIMARY KEY (proposal_id, name),
	FOREIGN KEY(proposal_id) REFERENCES proposal (id),
	FOREIGN KEY(resource_hash) REFERENCES resource (hash)
)

CREATE TABLE points (
	id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	year INTEGER NOT NULL,
	matter_id UUID NOT NULL,
	notice_id UUID NOT NULL,
	points FLOAT NOT NULL,
	reason VARCHAR(200) NOT NULL,
	given_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id),
	FOREIGN KEY(notice_id) REFERENCES notice (id)
)

CREATE INDEX points_matter ON points (matter_id)

CREATE INDEX points_unit ON points (tenant, unit, year)

CREATE TABLE draft (
	task_id UUID NOT NULL,
	account_id INTEGER NOT NULL,
	answer TEXT NOT NULL,
	saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (task_id, account_id),
	FOREIGN KEY(task_id) REFERENCES user_task (id),
	FOREIGN KEY(account_id) REFERENCES account (id)
)

CREATE INDEX draft_account ON draft (account_id, saved_at)

CREATE TABLE handed (
	id UUID NOT NULL,
	task_id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	act VARCHAR(10) NOT NULL,
	"to" VARCHAR(61) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by VARCHAR(160) NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(task_id) REFERENCES user_task (id)
)

CREATE INDEX handed_task ON handed (task_id)

CREATE INDEX handed_done ON handed (tenant, unit, post, at)

CREATE TABLE process_draft (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	account_id INTEGER NOT NULL,
	owner VARCHAR(160) NOT NULL,
	name VARCHAR(80) NOT NULL,
	base_id INTEGER,
	shared BOOLEAN NOT NULL,
	version INTEGER NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	changed_by VARCHAR(160) NOT NULL,
	discarded_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(account_id) REFERENCES account (id),
	FOREIGN KEY(base_id) REFERENCES deployment (id)
)

CREATE INDEX ix_process_draft_tenant ON process_draft (tenant)

CREATE TABLE inbox (
	seq SERIAL NOT NULL,
	task_id UUID NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	matter_id UUID,
	name VARCHAR(200) NOT NULL,
	due_at TIMESTAMP WITH TIME ZONE,
	lamp VARCHAR(6),
	lead_unit VARCHAR(40),
	words TEXT NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE (task_id),
	FOREIGN KEY(task_id) REFERENCES user_task (id) ON DELETE CASCADE
)

CREATE INDEX ix_inbox_matter_id ON inbox (matter_id)

CREATE INDEX inbox_list ON inbox (tenant, unit, post, due_at, seq, lamp, lead_unit, name, words, task_id)

CREATE OR REPLACE FUNCTION inbox_opened() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO inbox (task_id, tenant, unit, post, matter_id, name, due_at, lamp, lead_unit, words) SELECT new.id, new.tenant, new.unit, new.post, new.matter_id, new.name, new.due_at, ledger.lamp, ledger.lead_unit, lower(coalesce(ledger.title, '') || ' ' || coalesce(ledger.code, '') || ' ' || new.name) FROM (SELECT 1) AS one LEFT JOIN ledger ON ledger.id = new.matter_id; RETURN NULL; END $$

CREATE OR REPLACE FUNCTION inbox_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM inbox WHERE task_id = new.id AND (new.state <> 'open' OR unit <> new.unit OR post <> new.post); UPDATE inbox SET due_at = new.due_at, name = new.name, words = coalesce((SELECT lower(coalesce(ledger.title, '') || ' ' || coalesce(ledger.code, '') || ' ' || new.name) FROM ledger WHERE ledger.id = new.matter_id), lower(new.name)) WHERE task_id = new.id; INSERT INTO inbox (task_id, tenant, unit, post, matter_id, name, due_at, lamp, lead_unit, words) SELECT new.id, new.tenant, new.unit, new.post, new.matter_id, new.name, new.due_at, ledger.lamp, ledger.lead_unit, lower(coalesce(ledger.title, '') || ' ' || coalesce(ledger.code, '') || ' ' || new.name) FROM (SELECT 1) AS one LEFT JOIN ledger ON ledger.id = new.matter_id WHERE new.state = 'open' AND NOT EXISTS (SELECT 1 FROM inbox WHERE task_id = new.id); RETURN NULL; END $$

CREATE OR REPLACE FUNCTION inbox_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE inbox SET lamp = new.lamp, lead_unit = new.lead_unit, words = lower(coalesce(new.title, '') || ' ' || coalesce(new.code, '') || ' ' || inbox.name) WHERE matter_id = new.id; RETURN NULL; END $$

CREATE TRIGGER inbox_opened AFTER INSERT ON user_task FOR EACH ROW WHEN (new.state = 'open') EXECUTE FUNCTION inbox_opened()

CREATE TRIGGER inbox_changed AFTER UPDATE OF state, unit, post, name, due_at ON user_task FOR EACH ROW EXECUTE FUNCTION inbox_changed()

CREATE TRIGGER inbox_told AFTER UPDATE OF title, code, lamp, lead_unit ON ledger FOR EACH ROW WHEN (new.title IS DISTINCT FROM old.title OR new.code IS DISTINCT FROM old.code OR new.lamp IS DISTINCT FROM old.lamp OR new.lead_unit IS DISTINCT FROM old.lead_unit) EXECUTE FUNCTION inbox_told()

CREATE TABLE milestone_reached (
	task_id UUID NOT NULL,
	position INTEGER NOT NULL,
	matter_id UUID NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	by VARCHAR(160) NOT NULL,
	PRIMARY KEY (task_id, position),
	FOREIGN KEY(task_id) REFERENCES user_task (id),
	FOREIGN KEY(matter_id) REFERENCES ledger (id)
)

CREATE INDEX ix_milestone_reached_matter_id ON milestone_reached (matter_id)

CREATE TABLE phrase (
	id SERIAL NOT NULL,
	account_id INTEGER NOT NULL,
	position INTEGER NOT NULL,
	text VARCHAR(200) NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(account_id) REFERENCES account (id)
)

CREATE INDEX phrase_account ON phrase (account_id, position)

CREATE TABLE saved_view (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	room VARCHAR(20) NOT NULL,
	scope VARCHAR(10) NOT NULL,
	account_id INTEGER NOT NULL,
	unit VARCHAR(40) NOT NULL,
	post VARCHAR(20) NOT NULL,
	name VARCHAR(30) NOT NULL,
	query VARCHAR(1000) NOT NULL,
	position INTEGER NOT NULL,
	saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(account_id) REFERENCES account (id)
)

CREATE INDEX saved_view_unit ON saved_view (tenant, unit, room)

CREATE TABLE token (
	id SERIAL NOT NULL,
	account_id INTEGER NOT NULL,
	hash VARCHAR(64) NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	revoked_at TIMESTAMP WITH TIME ZONE,
	PRIMARY KEY (id),
	FOREIGN KEY(account_id) REFERENCES account (id)
)

CREATE INDEX ix_token_account_id ON token (account_id)

CREATE TABLE process_draft_file (
	draft_id INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	content BYTEA,
	revision INTEGER NOT NULL,
	saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
	saved_by VARCHAR(160) NOT NULL,
	PRIMARY KEY (draft_id, name),
	FOREIGN KEY(draft_id) REFERENCES process_draft (id)
)

CREATE TABLE default_view (
	account_id INTEGER NOT NULL,
	room VARCHAR(20) NOT NULL,
	view_id INTEGER NOT NULL,
	PRIMARY KEY (account_id, room),
	FOREIGN KEY(account_id) REFERENCES account (id),
	FOREIGN KEY(view_id) REFERENCES saved_view (id)
)

CREATE INDEX ix_default_view_view_id ON default_view (view_id)

CREATE TABLE trial (
	id SERIAL NOT NULL,
	tenant VARCHAR(20) NOT NULL,
	account_id INTEGER NOT NULL,
	process VARCHAR(80) NOT NULL,
	draft_id INTEGER,
	begins DATE NOT NULL,
	seed INTEGER,
	acts TEXT NOT NULL,
	revision INTEGER NOT NULL,
	changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(account_id) REFERENCES account (id),
	FOREIGN KEY(draft_id) REFERENCES process_draft (id)
)

CREATE INDEX ix_trial_account_id ON trial (account_id)
