package dev.anabranch.jobs;

import dev.anabranch.connectors.kafka.source.EventSource;
import dev.anabranch.connectors.mysql.log.MySqlEventStoreFactory;
import dev.anabranch.connectors.mysql.query.MySqlQueryDatabaseFactory;
import dev.anabranch.connectors.mysql.query.QueryOwner;
import dev.anabranch.jobs.options.ProjectionJobOptions;
import dev.anabranch.model.LogRow;
import dev.anabranch.query.QueryDatabaseFactory;
import dev.anabranch.query.ViewLog;
import dev.anabranch.store.EventStoreFactory;
import dev.anabranch.store.StoreLayout;
import org.apache.flink.api.connector.source.Source;

/** The outside of a projection job: all that it reads from and writes to. */
record ProjectionEndpoints(
    Source<LogRow, ?, ?> events,
    EventStoreFactory store,
    QueryDatabaseFactory database,
    ViewLog views) {

  /** Kafka and MySQL as configured. */
  static ProjectionEndpoints of(ProjectionJobOptions options, StoreLayout layout) {
    return new ProjectionEndpoints(
        EventSource.of(
            options.kafka(), options.eventsTopic(), options.projections().groupId(), layout),
        new MySqlEventStoreFactory(options.store().config()),
        new MySqlQueryDatabaseFactory(options.query().config(), QueryOwner.of(layout)),
        options.views());
  }
}
