package dev.anabranch.cli;

import dev.anabranch.cli.exit.CliException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classes of an application: those of its jars first, whatever else has their names, such as
 * the examples that this program brings along. What both sides talk with is this program's: the
 * interfaces of Anabranch, and Jackson with its annotations.
 */
final class DomainJars extends URLClassLoader {

  private static final String EXAMPLES = "dev.anabranch.examples.";
  private static final String SERVICES = "META-INF/services/";
  private static final List<String> SHARED =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "dev.anabranch.",
          "com.fasterxml.jackson.",
          "org.jspecify.",
          "org.slf4j.",
          "org.apache.flink.");

  static {
    registerAsParallelCapable();
  }

  private DomainJars(URL[] jars, ClassLoader parent) {
    super(jars, parent);
  }

  /**
   * @throws CliException if one of them is no file
   */
  static DomainJars of(List<Path> jars) {
    var urls = new ArrayList<URL>();
    for (var jar : jars) {
      if (!Files.isRegularFile(jar)) {
        throw CliException.usage("--domain-jar " + jar + " is no file; build the jar first");
      }
      try {
        urls.add(jar.toUri().toURL());
      } catch (MalformedURLException e) {
        throw CliException.usage("--domain-jar " + jar + " can't be read: " + e.getMessage());
      }
    }
    return new DomainJars(urls.toArray(new URL[0]), DomainJars.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(EXAMPLES) && SHARED.stream().anyMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      var loaded = findLoadedClass(name);
      if (loaded == null) {
        loaded = own(name);
      }
      if (loaded == null) {
        return super.loadClass(name, resolve);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  private @Nullable Class<?> own(String name) {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return null; // then it is this program's
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    var own = findResource(name);
    return own != null ? own : super.getResource(name);
  }

  /** The examples' domains are not the application's. */
  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    var own = Collections.list(findResources(name));
    if (!name.startsWith(SERVICES + "dev.anabranch.")) {
      own.addAll(Collections.list(getParent().getResources(name)));
    }
    return Collections.enumeration(own);
  }
}
