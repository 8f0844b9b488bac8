package dev.anabranch.connectors.mysql.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes that the driver would tell only when it connects, as if the server were away. */
class WrongUrlTest {

  private static final String URL = "jdbc:mysql://nowhere:3306/schema?";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serverTimezone=Nowhere/Else",
        "connectionTimeZone=Nowhere/Else",
        "serverTimezone=CEST",
        "sslMode=PERHAPS",
        "useSSL=maybe",
        "maxAllowedPacket=abc",
        "zeroDateTimeBehavior=x",
        "authenticationPlugins=com.acme.None",
        "queryInterceptors=com.acme.None",
        "socketFactory=com.acme.None",
        "tlsVersions=TLSv9",
        "noSuchOption=1"
      })
  void aMistakeInAnOptionIsRefusedWithItsName(String option) {
    var name = option.substring(0, option.indexOf('='));
    assertThatThrownBy(() -> JdbcUrl.parse("one", URL + option))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'one'")
        .hasMessageContaining("sets " + name + ",")
        .hasMessageNotContaining(option.substring(option.indexOf('=') + 1) + " ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serverTimezone=Europe/Berlin",
        "connectionTimeZone=LOCAL",
        "connectionTimeZone=%2B02:00",
        "sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file:/ca.p12",
        "sslMode=required",
        "useSSL=false&allowPublicKeyRetrieval=true",
        "tlsVersions=TLSv1.2,TLSv1.3",
        "maxAllowedPacket=1048576",
        "socketFactory=com.mysql.cj.protocol.StandardSocketFactory"
      })
  void whatTheDriverTakesIsTaken(String options) {
    assertThat(JdbcUrl.parse("one", URL + options).schema()).isEqualTo("schema");
  }
}
