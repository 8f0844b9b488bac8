package dev.anabranch.model.view;

import dev.anabranch.api.EncodedMessage;
import dev.anabranch.causality.Dot;
import org.jspecify.annotations.Nullable;

/**
 * One live branch of an aggregate, as shown to readers.
 *
 * @param dot the commit that made it
 * @param hlc hybrid logical time of that commit
 * @param state null: its commits can't be folded by the release that says so
 */
public record VersionState(Dot dot, long hlc, @Nullable EncodedMessage state) {

  VersionState withoutState() {
    return new VersionState(dot, hlc, null);
  }
}
