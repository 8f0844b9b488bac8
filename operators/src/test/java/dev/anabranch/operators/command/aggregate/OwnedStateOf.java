package dev.anabranch.operators.command.aggregate;

import java.lang.reflect.Proxy;
import java.util.Map;

/** Keyed state of which some maps are asked for, and nothing else. */
final class OwnedStateOf {

  private OwnedStateOf() {}

  /**
   * @param maps by the method of {@link OwnedState} that returns each
   */
  static OwnedState maps(Map<String, KeyedMap> maps) {
    return (OwnedState)
        Proxy.newProxyInstance(
            OwnedState.class.getClassLoader(),
            new Class<?>[] {OwnedState.class},
            (proxy, method, arguments) -> {
              var map = maps.get(method.getName());
              if (map == null) {
                throw new UnsupportedOperationException(method.getName());
              }
              return map;
            });
  }
}
