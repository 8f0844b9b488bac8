-- The id of a command first: clients make ids that grow with time, so a new entry goes where the last one went. Behind
-- the aggregate it went to a random page, of which a log of millions of aggregates has more than fit the processor's caches.
-- What is unique stays the same. One statement, so that it can be run again after it stopped half-way.
ALTER TABLE event_log
  DROP KEY ux_command,
  ADD UNIQUE KEY ux_command (command_id, aggregate_type, aggregate_id, slot);
