package dev.anabranch.jobs.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A YAML file of options: keys nested, dotted or both; values are scalars or lists of scalars. */
final class YamlFile {

  private final Path path;
  private final YAMLParser parser;
  private final List<Problem> problems;
  private final Map<String, Setting> settings = new LinkedHashMap<>();

  private YamlFile(Path path, YAMLParser parser, List<Problem> problems) {
    this.path = path;
    this.parser = parser;
    this.problems = problems;
  }

  /** What the file says; what it should not say is added to the problems. */
  static Map<String, Setting> read(Path path, List<Problem> problems) {
    try (var reader = Files.newBufferedReader(path);
        var parser = new YAMLFactory().createParser(reader)) {
      var file = new YamlFile(path, parser, problems);
      file.readDocument();
      return file.settings;
    } catch (JsonProcessingException e) {
      problems.add(
          new Problem(
              path + ", line " + e.getLocation().getLineNr(),
              "is no YAML: " + e.getOriginalMessage()));
    } catch (IOException e) {
      problems.add(new Problem("--config " + path, "can't be read: is it there and readable?"));
    }
    return Map.of();
  }

  private void readDocument() throws IOException {
    var first = parser.nextToken();
    if (first == JsonToken.START_OBJECT) {
      readObject("");
    } else if (first != null) {
      problems.add(new Problem(source(), "must hold keys with values: `region.name: eu-west`"));
    }
  }

  private void readObject(String prefix) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var key = prefix + parser.currentName();
      var source = source();
      switch (parser.nextToken()) {
        case START_OBJECT -> readObject(key + '.');
        case START_ARRAY -> put(key, readList(key), source);
        case VALUE_NULL -> problems.add(new Problem(key + " (" + source + ")", "has no value"));
        default -> put(key, List.of(parser.getText()), source);
      }
    }
  }

  private List<String> readList(String key) throws IOException {
    var items = new ArrayList<String>();
    for (var token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
      if (token.isScalarValue() && token != JsonToken.VALUE_NULL) {
        items.add(parser.getText());
      } else {
        problems.add(new Problem(key + " (" + source() + ")", "a list may hold plain values only"));
        parser.skipChildren();
      }
    }
    return items;
  }

  private void put(String key, List<String> values, String source) {
    var before = settings.put(key, Setting.asWritten(key, values, source));
    if (before != null) {
      problems.add(
          new Problem(
              key + " (" + source + ")", "is given already in " + before.source() + "; keep one"));
    }
  }

  private String source() {
    return path.getFileName() + ", line " + parser.currentTokenLocation().getLineNr();
  }
}
