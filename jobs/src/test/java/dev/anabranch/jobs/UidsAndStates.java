package dev.anabranch.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.state.api.OperatorIdentifier;
import org.apache.flink.state.api.runtime.SavepointLoader;

/** The golden file {@code uids-and-states.txt}: what savepoints of earlier releases hold. */
final class UidsAndStates {

  private UidsAndStates() {}

  /** The names of the states, as one text, by the uid of their operator. */
  static Map<String, String> golden() {
    return golden("/uids-and-states.txt");
  }

  static Map<String, String> golden(String file) {
    var states = new TreeMap<String, String>();
    for (var line : read(file).lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        var equals = line.indexOf('=');
        states.put(line.substring(0, equals).strip(), line.substring(equals + 1).strip());
      }
    }
    return states;
  }

  /** The same, of a savepoint in canonical format; operators of other uids are under their ids. */
  static Map<String, String> of(String savepoint) throws IOException {
    return of(savepoint, "/uids-and-states.txt");
  }

  /**
   * @param file golden file with the uids of the job
   */
  static Map<String, String> of(String savepoint, String file) throws IOException {
    var uids = new HashMap<OperatorID, String>();
    golden(file)
        .keySet()
        .forEach(uid -> uids.put(OperatorIdentifier.forUid(uid).getOperatorId(), uid));
    var states = new TreeMap<String, String>();
    for (var operator : SavepointLoader.loadSavepointMetadata(savepoint).getOperatorStates()) {
      var names = new TreeSet<String>();
      for (var subtask : operator.getStates()) {
        subtask
            .getManagedOperatorState()
            .forEach(handle -> names.addAll(handle.getStateNameToPartitionOffsets().keySet()));
        for (var handle : subtask.getManagedKeyedState()) {
          names.addAll(keyed((KeyGroupsStateHandle) handle));
        }
      }
      states.put(
          uids.getOrDefault(operator.getOperatorID(), operator.getOperatorID().toHexString()),
          String.join(", ", names));
    }
    return states;
  }

  private static List<String> keyed(KeyGroupsStateHandle handle) throws IOException {
    try (var file = handle.openInputStream()) {
      var proxy = new KeyedBackendSerializationProxy<>(UidsAndStates.class.getClassLoader());
      proxy.read(new DataInputViewStreamWrapper(file));
      return proxy.getStateMetaInfoSnapshots().stream()
          .map(StateMetaInfoSnapshot::getName)
          .toList();
    }
  }

  private static String read(String name) {
    try (var file = UidsAndStates.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
