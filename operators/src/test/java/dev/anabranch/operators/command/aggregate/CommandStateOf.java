package dev.anabranch.operators.command.aggregate;

import java.lang.reflect.Proxy;
import java.util.Map;

/** Keyed state of which some maps are asked for, and nothing else. */
final class CommandStateOf {

  private CommandStateOf() {}

  /**
   * @param maps by the method of {@link CommandState} that returns each
   */
  static CommandState maps(Map<String, KeyedMap> maps) {
    return (CommandState)
        Proxy.newProxyInstance(
            CommandState.class.getClassLoader(),
            new Class<?>[] {CommandState.class},
            (proxy, method, arguments) -> {
              var map = maps.get(method.getName());
              if (map == null) {
                throw new UnsupportedOperationException(method.getName());
              }
              return map;
            });
  }
}
