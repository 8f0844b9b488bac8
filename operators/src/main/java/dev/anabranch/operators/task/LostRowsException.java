package dev.anabranch.operators.task;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The store lacks rows that are known to be committed. Going on would give their offsets, versions
 * and dots a second time, so the job fails and Flink does not start it again: a person has to bring
 * the rows back, or accept their loss.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class LostRowsException extends StoreContradictionException {
  private static final long serialVersionUID = 1L;

  public LostRowsException(String message) {
    super(message);
  }
}
