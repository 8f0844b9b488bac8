package dev.anabranch.api;

import dev.anabranch.replicated.ReplicatedStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One registered type of aggregate: its name, its decider, and how its messages become bytes.
 *
 * @param <S> state
 * @param <C> commands
 * @param <E> events
 */
public final class AggregateType<S, C, E> {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final String name;
  private final Decider<S, C, E> decider;
  private final MessageCodec<C> commandCodec;
  private final MessageCodec<E> eventCodec;
  private final MessageCodec<S> stateCodec;
  private final Function<Object, byte[]> resultEncoder;
  private final String resultContentType;
  private final UpcasterChain eventUpcasters;
  private final UpcasterChain stateUpcasters;
  private final Rejections rejections;
  private final ReplicationPolicy<S> replication;

  private AggregateType(Builder<S, C, E> b) {
    this.name = b.name;
    this.decider = required(b.decider, b.name, "decider");
    this.commandCodec = required(b.commandCodec, b.name, "commands");
    this.eventCodec = required(b.eventCodec, b.name, "events");
    this.stateCodec = required(b.stateCodec, b.name, "state");
    this.resultEncoder = b.resultEncoder;
    this.resultContentType = b.resultContentType;
    this.eventUpcasters = UpcasterChain.of(b.eventUpcasters);
    this.stateUpcasters = UpcasterChain.of(b.stateUpcasters);
    this.rejections = b.rejections;
    this.replication = b.replication;
  }

  /** Starts the registration of a type; the name matches {@code [A-Za-z0-9._-]{1,64}}. */
  public static <S, C, E> Builder<S, C, E> named(String name, Decider<S, C, E> decider) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "aggregate type name '" + name + "' must match " + NAME.pattern());
    }
    return new Builder<>(name, decider);
  }

  public String name() {
    return name;
  }

  public Decider<S, C, E> decider() {
    return decider;
  }

  public MessageCodec<C> commandCodec() {
    return commandCodec;
  }

  public MessageCodec<E> eventCodec() {
    return eventCodec;
  }

  public MessageCodec<S> stateCodec() {
    return stateCodec;
  }

  public Rejections rejections() {
    return rejections;
  }

  /** What becomes of an aggregate that several regions change at once. */
  public ReplicationPolicy<S> replication() {
    return replication;
  }

  public String resultContentType() {
    return resultContentType;
  }

  /**
   * The payload of a reply that carries this result.
   *
   * @throws CodecException if the result can't be written
   */
  public byte[] encodeResult(Object result) {
    return resultEncoder.apply(result);
  }

  /** The current events that one stored event stands for, oldest schema first upcast. */
  public List<E> decodeEvent(EncodedMessage stored) {
    var current = eventUpcasters.apply(stored);
    if (current.size() == 1) {
      return List.of(eventCodec.decode(current.get(0)));
    }
    var events = new ArrayList<E>(current.size());
    for (var message : current) {
      events.add(eventCodec.decode(message));
    }
    return events;
  }

  /**
   * The state that stored bytes stand for, upcast if need be.
   *
   * @throws CodecException if the stored state is of an unknown schema or has become several
   */
  public S decodeState(EncodedMessage stored) {
    var current = stateUpcasters.apply(stored);
    if (current.size() != 1) {
      throw new CodecException(
          "the upcasters of the state of "
              + name
              + " made "
              + current.size()
              + " states of one; they must make exactly one");
    }
    return stateCodec.decode(current.get(0));
  }

  @Override
  public String toString() {
    return "AggregateType(" + name + ")";
  }

  private static <T> T required(@Nullable T value, String type, String what) {
    if (value == null) {
      throw new IllegalArgumentException(
          "aggregate type "
              + type
              + " has no "
              + what
              + "; call ."
              + what
              + "(...) before build()");
    }
    return value;
  }

  /** Whether a rejection is a durable outcome. */
  public enum Rejections {
    /** Stored: a repeat of a rejected command is rejected again, whatever happened since. */
    DURABLE,
    /**
     * Only answered. Who sends the command again after the answer may get another one, since it is
     * decided again, on a newer state. A copy that was in the topic before the answer is not
     * executed. For ten minutes an asker that sends it with the same correlation id counts as a
     * copy.
     */
    TRANSIENT
  }

  /** Collects what a type needs; {@link #build} says what is missing. */
  public static final class Builder<S, C, E> {
    private final String name;
    private final Decider<S, C, E> decider;
    private @Nullable MessageCodec<C> commandCodec;
    private @Nullable MessageCodec<E> eventCodec;
    private @Nullable MessageCodec<S> stateCodec;
    private Function<Object, byte[]> resultEncoder =
        result -> result.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    private String resultContentType = "text/plain; charset=utf-8";
    private List<Upcaster> eventUpcasters = List.of();
    private List<Upcaster> stateUpcasters = List.of();
    private Rejections rejections = Rejections.DURABLE;
    private ReplicationPolicy<S> replication = ReplicationPolicy.singleHome();

    private Builder(String name, Decider<S, C, E> decider) {
      this.name = name;
      this.decider = Objects.requireNonNull(decider, "decider");
    }

    public Builder<S, C, E> commands(MessageCodec<C> codec) {
      this.commandCodec = codec;
      return this;
    }

    public Builder<S, C, E> events(MessageCodec<E> codec, Upcaster... upcasters) {
      this.eventCodec = codec;
      this.eventUpcasters = List.of(upcasters);
      return this;
    }

    public Builder<S, C, E> state(MessageCodec<S> codec, Upcaster... upcasters) {
      this.stateCodec = codec;
      this.stateUpcasters = List.of(upcasters);
      return this;
    }

    /**
     * How results of decisions become reply payloads; default: {@code toString()} as UTF-8 text.
     */
    public Builder<S, C, E> results(String contentType, Function<Object, byte[]> encoder) {
      this.resultContentType = contentType;
      this.resultEncoder = encoder;
      return this;
    }

    public Builder<S, C, E> rejections(Rejections rejections) {
      this.rejections = rejections;
      return this;
    }

    /** What becomes of concurrent changes; default: commands are accepted in one region only. */
    public Builder<S, C, E> replication(ReplicationPolicy<S> policy) {
      this.replication = policy;
      return this;
    }

    /**
     * Registers the type.
     *
     * @throws IllegalArgumentException naming what is missing, or what the replication policy can't
     *     do with the state
     */
    public AggregateType<S, C, E> build() {
      if (replication instanceof ReplicationPolicy.ReplicatedTypes) {
        ReplicatedStates.check(decider.initialState().getClass());
      }
      return new AggregateType<>(this);
    }
  }
}
