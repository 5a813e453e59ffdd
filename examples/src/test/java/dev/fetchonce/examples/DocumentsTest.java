package dev.fetchonce.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.ClientOptions;
import dev.fetchonce.HttpCache;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the documents: each block of Java compiles, each link leads to a file or heading, and each option has its row.
 */
class DocumentsTest {
    private static final Path PROJECT = Path.of("..");

    /** The first line of a block that must compile; a block with another language tag, or without one, is skipped. */
    private static final String JAVA = "```java";

    private static final String FENCE = "```";
    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]*)(?:#([^)\\s]*))?\\)");

    /** The text before a block: the imports that it needs, and the variables that it uses without a declaration. */
    private static final String BEFORE = """
            import com.github.mizosoft.methanol.Methanol;
            import dev.fetchonce.*;
            import dev.fetchonce.spi.*;
            import io.micrometer.core.instrument.MeterRegistry;
            import io.micrometer.java11.instrument.binder.jdk.MicrometerHttpClient;
            import java.io.*;
            import java.net.*;
            import java.net.http.*;
            import java.net.http.HttpClient.*;
            import java.net.http.HttpResponse.*;
            import java.nio.charset.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.concurrent.atomic.*;
            import org.springframework.http.client.JdkClientHttpRequestFactory;
            import org.springframework.http.client.reactive.JdkClientHttpConnector;
            import org.springframework.web.client.RestClient;
            import org.springframework.web.reactive.function.client.WebClient;
            import tools.jackson.core.type.TypeReference;
            import tools.jackson.databind.JsonNode;

            abstract class %s {
                HttpCache cache;
                HttpClient client;
                URI uri;
                String url;
                MeterRegistry meters;

                record Flags(int revision) {}

                void block() throws Exception {
            """;

    private static final String AFTER = "\n}}\n";

    /** A block of Java on a page, as a source file. */
    private static final class Block extends SimpleJavaFileObject {
        private final String place;
        private final int line;
        private final String text;
        private final String before;

        /**
         * Makes a class of a block.
         *
         * @param page the page, as messages name it
         * @param line the line of the page on which the code begins, from 1
         */
        Block(String page, int line, List<String> code) {
            super(URI.create("string:///" + name(page, line) + ".java"), Kind.SOURCE);
            this.place = page;
            this.line = line;
            this.before = BEFORE.formatted(name(page, line));
            this.text = String.join("\n", code);
        }

        private static String name(String page, int line) {
            return page.replaceAll("[^A-Za-z]", "_") + line;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return before + text + AFTER;
        }

        /** Returns the message of an error in this block, with the page and the line of the page. */
        String message(Diagnostic<?> error) {
            long of = line + error.getLineNumber() - before.lines().count() - 1;
            return place + ":" + of + ": " + error.getMessage(Locale.ROOT);
        }
    }

    private static Map<String, List<String>> pages;

    @BeforeAll
    static void read() throws IOException {
        try (Stream<Path> docs = Files.walk(PROJECT.resolve("docs"));
                Stream<Path> top = Files.list(PROJECT)) {
            pages = Stream.concat(docs, top)
                    .filter(file -> file.toString().endsWith(".md"))
                    .collect(Collectors.toMap(DocumentsTest::title, DocumentsTest::lines));
        }
    }

    @Test
    void every_block_of_java_compiles(@TempDir Path classes) {
        List<Block> blocks = pages.entrySet().stream()
                .flatMap(page -> blocks(page.getKey(), page.getValue()).stream())
                .toList();
        assertThat(blocks)
                .extracting(block -> block.place)
                .contains("README.md", "docs/options.md", "docs/stampede.md");

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-classpath", System.getProperty("java.class.path"), "-d", classes.toString());
        boolean compiled = compiler.getTask(new StringWriter(), null, found, options, null, blocks)
                .call();

        Map<URI, Block> byName = blocks.stream().collect(Collectors.toMap(Block::toUri, Function.identity()));
        assertThat(found.getDiagnostics().stream()
                        .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                        .map(error -> error.getSource() == null
                                ? error.toString()
                                : byName.get(error.getSource().toUri()).message(error)))
                .isEmpty();
        assertThat(compiled).isTrue();
    }

    @Test
    void a_block_that_does_not_compile_is_named_by_page_and_line() {
        List<String> page =
                List.of("# Page", "", JAVA, "int one = 1;", "int two = \"2\";", FENCE, "", FENCE, "no code", FENCE);
        List<Block> blocks = blocks("docs/page.md", page);
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        ToolProvider.getSystemJavaCompiler()
                .getTask(
                        new StringWriter(),
                        null,
                        found,
                        List.of("-proc:none", "-classpath", System.getProperty("java.class.path")),
                        null,
                        blocks)
                .call();
        assertThat(blocks).hasSize(1);
        assertThat(found.getDiagnostics())
                .singleElement()
                .extracting(error -> blocks.getFirst().message(error))
                .asString()
                .startsWith("docs/page.md:5: incompatible types");
    }

    @Test
    void every_link_between_pages_leads_somewhere() {
        List<String> broken = new ArrayList<>();
        pages.forEach((title, lines) -> {
            for (int i = 0; i < lines.size(); i++) {
                Matcher link = LINK.matcher(lines.get(i));
                while (link.find()) {
                    if (!leadsSomewhere(title, link.group(1), link.group(2))) {
                        broken.add(title + ":" + (i + 1) + ": " + link.group());
                    }
                }
            }
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void every_option_is_on_its_page() {
        String page = String.join("\n", pages.get("docs/options.md"));
        assertThat(Stream.of(HttpCache.Builder.class, ClientOptions.class)
                        .flatMap(options -> Stream.of(options.getMethods())
                                .filter(method -> method.getReturnType() == options && method.getParameterCount() > 0))
                        .map(Method::getName)
                        .filter(option -> !page.contains("| `" + option + "(")))
                .isEmpty();
    }

    private static boolean leadsSomewhere(String title, String target, String anchor) {
        if (target.contains("://")) {
            return true;
        }
        Path from = Path.of(title);
        Path to = target.isEmpty() ? from : from.resolveSibling(target).normalize();
        if (!Files.exists(PROJECT.resolve(to))) {
            return false;
        }
        return anchor == null
                || anchors(pages.getOrDefault(to.toString().replace('\\', '/'), List.of()))
                        .contains(anchor);
    }

    /** Returns the names of the headings, as GitHub makes them. */
    private static Set<String> anchors(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Block> blocks(String title, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(FENCE)) {
                continue;
            }
            int end = i + 1;
            while (end < lines.size() && !lines.get(end).startsWith(FENCE)) {
                end++;
            }
            if (lines.get(i).strip().equals(JAVA)) {
                blocks.add(new Block(title, i + 2, lines.subList(i + 1, end)));
            }
            i = end;
        }
        return blocks;
    }

    private static String title(Path file) {
        return PROJECT.relativize(file).toString().replace('\\', '/');
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalStateException(file + " cannot be read", e);
        }
    }
}
