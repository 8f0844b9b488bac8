package dev.anabranch.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

/**
 * A self-signed certificate of 127.0.0.1 with its private key: what a server under test needs to be
 * reached by TLS. Whoever trusts it trusts no other server.
 *
 * @param keyStore of type PKCS12, with key and certificate
 * @param keyStorePassword of the store and of the key
 * @param certificateFile PEM
 * @param keyFile PEM, PKCS #8, not encrypted
 */
public record ServerCertificate(
    Path keyStore, String keyStorePassword, Path certificateFile, Path keyFile) {

  private static final String ALIAS = "server";
  private static final String PASSWORD = "anabranch-embedded";
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  /** Makes one with the JDK's keytool; its files are in the directory. */
  public static ServerCertificate create(Path directory) {
    var made =
        new ServerCertificate(
            directory.resolve("server.p12"),
            PASSWORD,
            directory.resolve("server-certificate.pem"),
            directory.resolve("server-key.pem"));
    try {
      Files.createDirectories(directory);
      ServerProcess.run(directory, made.keytool(), TIMEOUT);
      made.writePems();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make a certificate in " + directory, e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a certificate in " + directory, e);
    }
  }

  /** The certificate as PEM, which Kafka's clients take as {@code ssl.truststore.certificates}. */
  public String certificatePem() {
    try {
      return Files.readString(certificateFile);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> keytool() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        ALIAS,
        "-keyalg",
        "RSA",
        "-keysize",
        "2048",
        "-validity",
        "3650",
        "-dname",
        "CN=127.0.0.1",
        "-ext",
        "san=ip:127.0.0.1",
        "-ext",
        "bc:critical=ca:true",
        "-storetype",
        "PKCS12",
        "-storepass",
        keyStorePassword,
        "-keystore",
        keyStore.toString());
  }

  private void writePems() throws IOException, GeneralSecurityException {
    var password = keyStorePassword.toCharArray();
    var store = KeyStore.getInstance(keyStore.toFile(), password);
    writePem(certificateFile, "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
    writePem(keyFile, "PRIVATE KEY", store.getKey(ALIAS, password).getEncoded());
  }

  private static void writePem(Path file, String what, byte[] content) throws IOException {
    var lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    Files.writeString(
        file,
        """
        -----BEGIN %1$s-----
        %2$s
        -----END %1$s-----
        """
            .formatted(what, lines.encodeToString(content)));
  }
}
