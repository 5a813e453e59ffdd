package dev.fetchonce.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Comments and documents name things, in sentences of one idea. The bounds only fall. */
class ProseTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** The most refused expressions in 1,000 words of the comments of main sources. */
    private static final double COMMENTS = 0.5;

    /** The most refused expressions in 1,000 words of documents. */
    private static final double DOCUMENTS = 0.5;

    private static Map<Path, Prose> read(Stream<Path> files, Function<String, Prose> as) {
        return files.collect(Collectors.toMap(
                ROOT::relativize, file -> as.apply(SourceRulesTest.read(file)), (one, other) -> one, TreeMap::new));
    }

    private static Map<Path, Prose> comments() throws IOException {
        return read(
                SourceRulesTest.sources(SourceRulesTest.MAIN.toAbsolutePath().normalize()), Prose::ofSource);
    }

    private static Map<Path, Prose> documents() throws IOException {
        try (Stream<Path> pages = Files.walk(ROOT.resolve("docs"));
                Stream<Path> first = Files.list(ROOT)) {
            return read(
                    Stream.concat(pages, first).filter(file -> file.toString().endsWith(".md")), Prose::ofDocument);
        }
    }

    private static void assertPlain(Map<Path, Prose> all, double most) {
        assertThat(all).isNotEmpty();
        long words = all.values().stream().mapToLong(Prose::words).sum();
        List<String> refused = new ArrayList<>();
        List<String> tooLong = new ArrayList<>();
        all.forEach((file, prose) -> {
            prose.refused().forEach(around -> refused.add(file + ": " + around));
            prose.tooLong().forEach(sentence -> tooLong.add(file + ": " + sentence));
        });
        assertThat(tooLong).as("sentences of more than %d words", Prose.LONGEST).isEmpty();
        assertThat(1_000.0 * refused.size() / words)
                .as(
                        "expressions in 1,000 of %d words that stand in place of a name:%n%s",
                        words, String.join("\n", refused))
                .isLessThanOrEqualTo(most);
    }

    @Test
    void comments_name_things() throws IOException {
        assertPlain(comments(), COMMENTS);
    }

    @Test
    void documents_name_things() throws IOException {
        assertPlain(documents(), DOCUMENTS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '~',
            value = {
                "/** Nobody waits for what is stored. */               # 2",
                "/** It is told so. Who asks waits. */                 # 2",
                "// whoever asks                                       # 1",
                "/** The caller who asks waits; a value of a stub. */  # 0",
                "/** Returns {@code null}, never {@code none}. */      # 0",
                "/* says \"nobody\" in a message */                    # 0",
                "String s = \"// nobody\";                             # 0",
                "char c = '\"'; // none                                # 1",
                "int none = 1;                                         # 0",
            })
    void refused_expressions_are_counted_in_comments_alone(String source, int refused) {
        assertThat(Prose.ofSource(source).refused()).hasSize(refused);
    }

    @Test
    void a_sentence_ends_with_its_mark_its_paragraph_or_its_tag() {
        String thirty = "word ".repeat(30);
        assertThat(Prose.ofDocument(thirty + thirty).tooLong()).hasSize(1);
        assertThat(Prose.ofDocument(thirty + ". " + thirty).tooLong()).isEmpty();
        assertThat(Prose.ofDocument(thirty + "\n\n" + thirty).tooLong()).isEmpty();
        assertThat(Prose.ofDocument("| " + thirty + "| " + thirty + "|").tooLong())
                .isEmpty();
        assertThat(Prose.ofSource("/**\n * " + thirty + "\n * @param a " + thirty + "\n */")
                        .tooLong())
                .isEmpty();
        assertThat(Prose.ofDocument("```\n" + thirty + thirty + "\n```").tooLong())
                .isEmpty();
    }
}
