package dev.fetchonce.examples.packaging;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fetchonce.HttpCache;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/**
 * The jars of the library and its dependencies, as on the class path of this test.
 *
 * @param files the jars by the names of their artifacts
 */
record Jars(Map<String, Path> files) {
    /** Returns the jars that this build resolves. */
    static Jars ofThisBuild() {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put("fetchonce", of(HttpCache.class));
        files.put("jackson-databind", of(JsonNode.class));
        files.put("jackson-core", of(JsonParser.class));
        files.put("jackson-annotations", of(JsonProperty.class));
        files.put("caffeine", of(Caffeine.class));
        files.put("slf4j-api", of(Logger.class));
        files.put("jspecify", of(NullMarked.class));
        return new Jars(files);
    }

    /** Returns these jars and the jar of a type. */
    Jars and(Class<?> type) {
        Map<String, Path> more = new LinkedHashMap<>(files);
        more.put(type.getName(), of(type));
        return new Jars(more);
    }

    /** Returns these jars, with the jars of a folder in place of those of equal artifacts. */
    Jars with(Path folder) throws IOException {
        Map<String, Path> other = new LinkedHashMap<>(files);
        try (Stream<Path> jars = Files.list(folder)) {
            jars.forEach(jar -> {
                String artifact = jar.getFileName().toString().replaceFirst("-[0-9].*", "");
                if (other.replace(artifact, jar) == null) {
                    throw new IllegalArgumentException(jar + " takes the place of no jar");
                }
            });
        }
        return new Jars(other);
    }

    /** Returns the jars as a class path or module path that begins with a folder of classes. */
    String path(Path classes) {
        return Stream.concat(Stream.of(classes), files.values().stream())
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path of(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the place of " + type + " is no URI", e);
        }
    }
}
