package dev.anabranch.history;

import dev.anabranch.api.LiveVersion;
import dev.anabranch.causality.Dot;
import dev.anabranch.causality.EventContext;
import dev.anabranch.versions.VersionFolding;
import dev.anabranch.versions.VersionNode;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** States of versions for whoever keeps no state that is broken. */
record ThrowingFolding(TypeFold fold, Function<Dot, byte[]> events)
    implements VersionFolding<Object> {

  @Override
  public Object initial() {
    return fold.initial().value();
  }

  @Override
  public Object evolve(Object before, VersionNode node) {
    var at = EventContext.of(node.dot(), node.context(), node.hlc());
    return fold.fold(FoldedState.of(before), at, events.apply(node.dot())).value();
  }

  @Override
  public Object resolve(String resolverId, List<LiveVersion<Object>> versions, Object base) {
    var folded =
        versions.stream()
            .map(
                version ->
                    new LiveVersion<>(
                        version.dot(), version.hlc(), FoldedState.of(version.state())))
            .toList();
    return fold.resolve(resolverId, folded, FoldedState.of(base)).value();
  }

  @Override
  public @Nullable String resolverFor(String resolverId) {
    return fold.resolverFor(resolverId);
  }
}
