package dev.fetchonce.examples.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The program in {@code src/consumer/java}, compiled against given jars and run with them. */
record Consumer(Path classes, Jars jars) {
    private static final Path SOURCES = Path.of("src/consumer/java");
    private static final Path DESCRIPTOR = SOURCES.resolve("module-info.java");
    private static final String SERVICE = "META-INF/services/dev.fetchonce.spi.ContentDecoder";

    /** Compiles the program as a module. */
    static Consumer module(Path classes, Jars jars) throws IOException, InterruptedException {
        Jdk.Run run = compile(classes, "--module-path", jars, sources());
        assertThat(run.output()).isEmpty();
        return new Consumer(classes, jars);
    }

    /** Compiles the program for the class path. */
    static Consumer plain(Path classes, Jars jars) throws IOException, InterruptedException {
        List<Path> sources = new ArrayList<>(sources());
        sources.remove(DESCRIPTOR);
        Jdk.Run run = compile(classes, "--class-path", jars, sources);
        assertThat(run.output()).isEmpty();
        Path service = classes.resolve(SERVICE);
        Files.createDirectories(service.getParent());
        Files.writeString(service, "consumer.Backwards");
        return new Consumer(classes, jars);
    }

    /** Compiles sources; warnings are errors. */
    static Jdk.Run compile(Path classes, String kind, Jars jars, List<Path> sources)
            throws IOException, InterruptedException {
        Files.createDirectories(classes);
        List<String> arguments = new ArrayList<>(List.of(
                "--release", "21", "-Xlint:all", "-Werror", kind, jars.path(classes), "-d", classes.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        return Jdk.current().run("javac", arguments);
    }

    /** Runs the program on the module path. */
    Jdk.Run onModulePath(String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of("--module-path", jars.path(classes), "--module", "consumer/consumer.Main"));
        return Jdk.current().run("java", arguments);
    }

    /** Runs the program on the class path. */
    Jdk.Run onClassPath() throws IOException, InterruptedException {
        return Jdk.current().run("java", List.of("--class-path", jars.path(classes), "consumer.Main"));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
