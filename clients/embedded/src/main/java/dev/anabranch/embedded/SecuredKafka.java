package dev.anabranch.embedded;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/**
 * A {@link KafkaProcess} that lets in whom it knows, over TLS, and lets each do what was granted to
 * it: a certificate of its own, logins by SCRAM-SHA-512, access control lists.
 *
 * <p>Its plain listener, {@link KafkaProcess#bootstrapServers()}, remains: for the administrator,
 * who may do everything there.
 */
public final class SecuredKafka implements AutoCloseable {

  private static final String LISTENER = "SECURED";
  private static final String LISTENER_SETTINGS = "listener.name.secured.";
  private static final int ITERATIONS = 4096;

  private final KafkaProcess broker;
  private final ServerCertificate certificate;

  private SecuredKafka(KafkaProcess broker, ServerCertificate certificate) {
    this.broker = broker;
    this.certificate = certificate;
  }

  /** Starts a broker with its data in the directory, and returns when it serves. */
  public static SecuredKafka start(Path directory) {
    var certificate = ServerCertificate.create(directory.resolve("tls"));
    var config =
        KafkaBrokerConfig.in(directory)
            .withListener(LISTENER, "SASL_SSL")
            .withSetting(LISTENER_SETTINGS + "ssl.keystore.type", "PKCS12")
            .withSetting(
                LISTENER_SETTINGS + "ssl.keystore.location", certificate.keyStore().toString())
            .withSetting(
                LISTENER_SETTINGS + "ssl.keystore.password", certificate.keyStorePassword())
            .withSetting(LISTENER_SETTINGS + "sasl.enabled.mechanisms", "SCRAM-SHA-512")
            .withSetting(
                LISTENER_SETTINGS + "scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;")
            .withSetting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .withSetting("super.users", "User:ANONYMOUS");
    return new SecuredKafka(KafkaProcess.start(config), certificate);
  }

  /** The broker with its plain listener. */
  public KafkaProcess broker() {
    return broker;
  }

  /** Where clients connect that have a login. */
  public String bootstrapServers() {
    return broker.bootstrapServers(LISTENER);
  }

  public ServerCertificate certificate() {
    return certificate;
  }

  /**
   * Properties of a client, by Kafka's own names, that comes as that user and trusts the broker.
   */
  public Map<String, String> login(String user, String password) {
    return Map.of(
        "security.protocol",
        "SASL_SSL",
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.certificates",
        certificate.certificatePem(),
        "sasl.mechanism",
        "SCRAM-SHA-512",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(user, password));
  }

  /** Makes the user known, or gives it another password: connections that are open stay open. */
  public void setPassword(String user, String password) {
    var credential = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, ITERATIONS);
    administer(
        "set the password of " + user,
        admin ->
            admin
                .alterUserScramCredentials(
                    List.of(new UserScramCredentialUpsertion(user, credential, password)))
                .all());
  }

  /** Lets the user do that to the one resource of that name. */
  public void grant(String user, ResourceType type, String name, AclOperation... operations) {
    grant(user, new ResourcePattern(type, name, PatternType.LITERAL), operations);
  }

  /** Grants an operation on all resources whose names begin so. */
  public void grantPrefixed(
      String user, ResourceType type, String begin, AclOperation... operations) {
    grant(user, new ResourcePattern(type, begin, PatternType.PREFIXED), operations);
  }

  private void grant(String user, ResourcePattern resource, AclOperation... operations) {
    var bindings =
        Stream.of(operations)
            .map(
                operation ->
                    new AclBinding(
                        resource,
                        new AccessControlEntry(
                            "User:" + user, "*", operation, AclPermissionType.ALLOW)))
            .toList();
    administer("grant " + bindings, admin -> admin.createAcls(bindings).all());
  }

  /** Takes back all that was granted to the user on the resource. */
  public void revoke(String user, ResourceType type, String name) {
    var filter =
        new AclBindingFilter(
            new ResourcePattern(type, name, PatternType.LITERAL).toFilter(),
            new AccessControlEntryFilter(
                "User:" + user, null, AclOperation.ANY, AclPermissionType.ANY));
    Function<Admin, KafkaFuture<Collection<AclBinding>>> delete =
        admin -> admin.deleteAcls(List.of(filter)).all();
    administer("revoke " + filter, delete);
  }

  @Override
  public void close() {
    broker.close();
  }

  private <T> void administer(String what, Function<Admin, KafkaFuture<T>> call) {
    Map<String, Object> settings =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers());
    try (var admin = Admin.create(settings)) {
      call.apply(admin).get(30, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("could not " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
