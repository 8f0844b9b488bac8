package dev.anabranch.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.anabranch.api.CodecException;

/**
 * Results of decisions as JSON: {@code type.results(JsonResults.CONTENT_TYPE,
 * JsonResults::encode)}.
 */
public final class JsonResults {

  public static final String CONTENT_TYPE = Json.CONTENT_TYPE;

  private JsonResults() {}

  /**
   * The result as JSON.
   *
   * @throws CodecException if the result can't be written
   */
  public static byte[] encode(Object result) {
    try {
      return Json.MAPPER.writeValueAsBytes(result);
    } catch (JsonProcessingException e) {
      throw new CodecException(
          "a result of class "
              + result.getClass().getName()
              + " can't be written as JSON: "
              + e.getOriginalMessage(),
          e);
    }
  }
}
