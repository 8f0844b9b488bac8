package dev.anabranch.query;

import java.io.Serializable;

/** Connects where a task runs; travels with the job graph. */
public interface QueryDatabaseFactory extends Serializable {

  QueryDatabase open();
}
