package dev.anabranch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Who may know whom, as far as Maven's module arrows do not already say it. Reads the compiled
 * production classes of every module that the command line depends on. There is no list of frozen
 * violations, and there shall be none.
 */
@AnalyzeClasses(packages = "dev.anabranch", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String API = "dev.anabranch.api..";
  private static final String MODEL = "dev.anabranch.model..";
  private static final String CAUSALITY = "dev.anabranch.causality..";
  private static final String REPLICATED = "dev.anabranch.replicated..";
  private static final String GATE = "dev.anabranch.gate..";
  private static final String VERSIONS = "dev.anabranch.versions..";
  private static final String HISTORY = "dev.anabranch.history..";
  private static final String STORE = "dev.anabranch.store..";
  private static final String WIRE = "dev.anabranch.wire..";
  private static final String PROJECTION = "dev.anabranch.projection..";
  private static final String QUERY = "dev.anabranch.query..";
  private static final String CODEC = "dev.anabranch.codec..";
  private static final String SERDE = "dev.anabranch.serde..";

  private static final String OPERATORS = "dev.anabranch.operators..";
  private static final String CONNECTORS = "dev.anabranch.connectors..";
  private static final String KAFKA = "dev.anabranch.connectors.kafka..";
  private static final String MYSQL = "dev.anabranch.connectors.mysql..";
  private static final String JOBS = "dev.anabranch.jobs..";
  private static final String CLIENT = "dev.anabranch.client..";
  private static final String CLI = "dev.anabranch.cli..";
  private static final String PLAYGROUND = "dev.anabranch.playground..";
  private static final String EMBEDDED = "dev.anabranch.embedded..";
  private static final String TESTKIT = "dev.anabranch.testkit..";
  private static final String EXAMPLES = "dev.anabranch.examples..";

  private static final String JDK = "java..";
  private static final String JSPECIFY = "org.jspecify..";
  private static final String JACKSON = "com.fasterxml.jackson..";
  private static final String FLINK = "org.apache.flink..";
  private static final String KAFKA_CLIENTS = "org.apache.kafka..";
  private static final String[] SQL = {
    "java.sql..", "javax.sql..", "com.mysql..", "org.flywaydb.."
  };

  /** Module {@code state/domain}: what an application writes. */
  private static final String[] DOMAIN = {API, CODEC, REPLICATED, PROJECTION, CAUSALITY};

  /** Module {@code state/log}: what is true. */
  private static final String[] LOG = {MODEL, GATE, VERSIONS, HISTORY, STORE, QUERY, WIRE, SERDE};

  @ArchTest
  static final ArchRule whatAnApplicationWritesKnowsNothingOfTheLog =
      classes()
          .that()
          .resideInAnyPackage(DOMAIN)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(DOMAIN).or(resideInAnyPackage(JDK, JSPECIFY, JACKSON)));

  @ArchTest
  static final ArchRule onlyCodecsKnowJackson =
      noClasses()
          .that(resideInAnyPackage(DOMAIN).or(resideInAnyPackage(LOG)))
          .and()
          .resideOutsideOfPackage(CODEC)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(JACKSON);

  @ArchTest
  static final ArchRule whatIsTrueNeedsTheDomainAndTheJdkOnly =
      classes()
          .that()
          .resideInAnyPackage(LOG)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(LOG)
                  .or(resideInAnyPackage(DOMAIN))
                  .or(resideInAnyPackage(JDK, JSPECIFY, FLINK)));

  @ArchTest
  static final ArchRule onlySerializersOfStateKnowFlink =
      noClasses()
          .that()
          .resideInAnyPackage(LOG)
          .and()
          .resideOutsideOfPackage(SERDE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(FLINK);

  @ArchTest
  static final ArchRule replicatedTypesKnowCausalityOnly =
      classes()
          .that()
          .resideInAPackage(REPLICATED)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(JDK, JSPECIFY, CAUSALITY, REPLICATED);

  @ArchTest
  static final ArchRule projectionsNeedTheDomainApiAndValuesOnly =
      classes()
          .that()
          .resideInAPackage(PROJECTION)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(JDK, JSPECIFY, API, CAUSALITY, PROJECTION);

  @ArchTest
  static final ArchRule theQueryPortKnowsNoFormat =
      classes()
          .that()
          .resideInAPackage(QUERY)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(JDK, JSPECIFY, CAUSALITY, MODEL, PROJECTION, QUERY, STORE);

  @ArchTest
  static final ArchRule sqlStaysInTheMysqlConnectorAndTheTools =
      noClasses()
          .that()
          .resideOutsideOfPackages(MYSQL, CLIENT, CLI, PLAYGROUND, EMBEDDED)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SQL);

  @ArchTest
  static final ArchRule kafkaStaysInTheKafkaConnectorAndTheClients =
      noClasses()
          .that()
          .resideOutsideOfPackages(KAFKA, CLIENT, CLI, PLAYGROUND, EMBEDDED)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(KAFKA_CLIENTS);

  @ArchTest
  static final ArchRule operatorsDoNotSeeConnectors =
      noClasses()
          .that()
          .resideInAPackage(OPERATORS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(CONNECTORS);

  @ArchTest
  static final ArchRule whatTheJobsShareIsInTaskCacheAndHistory =
      slices()
          .matching("dev.anabranch.operators.(command|replication|projection)..")
          .should()
          .notDependOnEachOther();

  @ArchTest static final ArchRule roomsOfTheCommandJobAreUsedByItOnly = hidden("command");

  @ArchTest static final ArchRule roomsOfTheProjectionJobAreUsedByItOnly = hidden("projection");

  @ArchTest
  static final ArchRule replicasAreUsedByTheCrossRegionJobOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.anabranch.operators.replication..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.anabranch.operators.replication.replica..");

  /** Rooms below an operator are its own: whoever makes the operator needs the parent only. */
  private static ArchRule hidden(String operator) {
    var room = "dev.anabranch.operators." + operator;
    return noClasses()
        .that()
        .resideOutsideOfPackage(room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(room + ".*..");
  }

  @ArchTest
  static final ArchRule connectorsDoNotSeeOperators =
      noClasses()
          .that()
          .resideInAPackage(CONNECTORS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(OPERATORS);

  @ArchTest
  static final ArchRule connectorsDoNotSeeEachOther =
      slices().matching("dev.anabranch.connectors.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule jobsAreSeenByTheCommandLineOnly =
      noClasses()
          .that()
          .resideOutsideOfPackages(JOBS, CLI, PLAYGROUND)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(JOBS);

  @ArchTest
  static final ArchRule theCommandLineShipsNoServerAndNoExample =
      noClasses()
          .that()
          .resideInAPackage(CLI)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PLAYGROUND, EMBEDDED, EXAMPLES);

  /** An application's compile class path is module {@code state/domain}. */
  @ArchTest
  static final ArchRule examplesAreWhatAnApplicationWrites =
      classes()
          .that()
          .resideInAPackage(EXAMPLES)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(DOMAIN).or(resideInAnyPackage(JDK, JSPECIFY, JACKSON, EXAMPLES)));

  @ArchTest
  static final ArchRule productionDoesNotUseTheTestKit =
      noClasses()
          .that()
          .resideOutsideOfPackage(TESTKIT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(TESTKIT);

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.anabranch.(**)").should().beFreeOfCycles();
}
