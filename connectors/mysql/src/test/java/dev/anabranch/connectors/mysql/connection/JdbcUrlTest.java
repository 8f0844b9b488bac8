package dev.anabranch.connectors.mysql.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcUrlTest {

  @Test
  void theUsersTlsOptionsReachTheDriver() {
    var url =
        JdbcUrl.parse(
            "a",
            "jdbc:mysql://db1:3307/events?sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file%3A%2Fca.p12");

    assertThat(url.properties())
        .containsEntry("sslMode", "VERIFY_CA")
        .containsEntry("trustCertificateKeyStoreUrl", "file:/ca.p12")
        .containsEntry("characterEncoding", "ISO-8859-1")
        .containsEntry("allowMultiQueries", "false");
    assertThat(url.address()).isEqualTo("jdbc:mysql://db1:3307/events");
    assertThat(url).hasToString("db1:3307/events");
    assertThat(url.schema()).isEqualTo("events");
  }

  @Test
  void anOptionThatAgreesIsKept() {
    assertThat(JdbcUrl.parse("a", "jdbc:mysql://db1/e?CharacterEncoding=iso-8859-1").properties())
        .containsEntry("CharacterEncoding", "iso-8859-1")
        .doesNotContainKey("characterEncoding");
  }

  @ParameterizedTest
  @CsvSource({
    "allowMultiQueries=true, allowMultiQueries=true",
    "rewriteBatchedStatements=true, rewriteBatchedStatements=true",
    "characterEncoding=UTF-8, characterEncoding=UTF-8",
    "autoReconnect=true, autoReconnect=true",
    "sslMode=REQUIRED&useaffectedrows=TRUE, useaffectedrows=TRUE",
    "sessionVariables=sql_mode='', sets sessionVariables: the session's variables are set by",
    "socketTimeout=5, sets socketTimeout: the socket timeout has its own option",
    "user=root, sets user: the user has its own option",
  })
  void anOptionThatContradictsIsNamed(String option, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcUrl.parse("north", "jdbc:mysql://db1/events?" + option))
        .withMessageContaining("database 'north' ")
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mariadb://db1/events",
        "jdbc:mysql://db1",
        "jdbc:mysql://db1/",
        "jdbc:mysql://db1,db2/events",
        "jdbc:mysql://app:s3cret@db1/events",
        "jdbc:mysql://(host=db1,password=s3cret)/events",
        "jdbc:mysql:replication://db1/events",
        "db1:3306/events"
      })
  void aUrlOfAnotherFormIsRefusedWithoutShowingIt(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcUrl.parse("north", url))
        .withMessageContaining("jdbc:mysql://host:port/schema")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }

  @Test
  void aPasswordInTheOptionsIsRefusedWithoutShowingIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JdbcUrl.parse("north", "jdbc:mysql://db1/events?password=s3cret"))
        .withMessageContaining("the password has its own option")
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
  }

  @ParameterizedTest
  @CsvSource({
    "db0:3306/eu, true",
    "db0/eu?sslMode=REQUIRED, true",
    "db0/eu?sslMode=preferred, true",
    "db0/eu?sslMode=DISABLED, true",
    "db0/eu?sslMode=VERIFY_CA, false",
    "db0/eu?sslmode=verify_identity, false",
    "db0/eu?useSSL=true&verifyServerCertificate=true, false",
    "127.0.0.1:3306/eu, false",
    "localhost/eu, false",
    "[::1]:3306/eu, false",
  })
  void aDatabaseElsewhereThatNeedNotProveWhoItIsGivesAWarning(String rest, boolean warns) {
    var config =
        new DatabaseConfig("a", "jdbc:mysql://" + rest, "user", "secret", ShardRanges.none());

    assertThat(config.tlsWarning().isPresent()).isEqualTo(warns);
    config
        .tlsWarning()
        .ifPresent(
            warning ->
                assertThat(warning)
                    .contains("database 'a' (db0", "sslMode=VERIFY_IDENTITY")
                    .doesNotContain("secret"));
  }
}
