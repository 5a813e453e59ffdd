package dev.fetchonce.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules for sources that class files do not show. */
class SourceRulesTest {
    static final Path MAIN = Path.of("src/main/java");

    /**
     * The parts of a source that are no code or may hide comment marks: text blocks, strings, characters and both kinds
     * of comment.
     */
    static final Pattern NO_CODE = Pattern.compile("\"\"\"(?:[^\\\\\"]++|(?s:\\\\.)|\"(?!\"\"))*+\"\"\""
            + "|\"[^\"\\\\\\n]*+(?:\\\\.[^\"\\\\\\n]*+)*+\""
            + "|'(?:[^'\\\\\\n]|\\\\.)[^'\\n]*+'"
            + "|//[^\\n]*+"
            + "|(?s:/\\*.*?\\*/)");

    private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b");

    /**
     * Returns the most lines of a type. The builder may have more lines, because the options of a cache are many and
     * belong together.
     */
    private static int mostLinesOf(String type) {
        return type.equals("HttpCache.Builder") ? 450 : 300;
    }

    @Test
    void a_type_has_at_most_300_lines_of_code() throws IOException {
        List<Path> files = sources(MAIN).toList();
        List<String> tooLong = CodeLines.ofTypes(files).entrySet().stream()
                .filter(type -> type.getValue() > mostLinesOf(type.getKey()))
                .map(type -> type.getKey() + ": " + type.getValue())
                .toList();
        assertThat(tooLong)
                .as("types of too many lines of code, nested types apart")
                .isEmpty();
    }

    @Test
    void lines_of_code_are_counted_without_comments_and_nested_types(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("A.java"), """
                package a;

                /** A comment. */
                class A { // code, and a comment

                    /* a comment */ int a;
                    String s = "// code";
                    record B(int b) {
                        int c() {
                            return b;
                        }
                    }
                }
                """);
        assertThat(CodeLines.ofTypes(List.of(file))).isEqualTo(Map.of("A", 4, "A.B", 5));
    }

    @ParameterizedTest
    @CsvSource({"src/test/java, 600", "src/jcstress/java, 600"})
    void a_file_of_tests_has_at_most_so_many_lines(Path root, int most) throws IOException {
        List<String> tooLong = sources(root)
                .filter(file -> read(file).lines().count() > most)
                .map(Path::toString)
                .toList();
        assertThat(tooLong).as("files of more than %d lines", most).isEmpty();
    }

    @Test
    void nothing_is_synchronized() throws IOException {
        List<String> guilty = sources(MAIN)
                .filter(file -> isSynchronized(read(file)))
                .map(Path::toString)
                .toList();
        assertThat(guilty)
                .as("synchronized methods or blocks: they pin their carrier on JDK 21 to 23")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '#',
            value = {
                "synchronized void a() {}                  # true",
                "void a() { synchronized (b) {} }          # true",
                "char c = '\"'; synchronized (b) {} //\"   # true",
                "char c = '\\''; synchronized (b) {}       # true",
                "/* so */ synchronized (b) {} /* so */     # true",
                "String s = \"\\\"\"; synchronized (b) {}  # true",
                "// synchronized                           # false",
                "/** {@code synchronized} */               # false",
                "String s = \"\\\" synchronized\";         # false",
                "String s = \"\"\"\" synchronized \"\"\";  # false",
                "String s = \"\"\" \\\"\"\" synchronized \"\"\"; # false",
                "List<?> l = Collections.synchronizedList()# false",
            })
    void synchronized_code_is_found_and_words_about_it_are_not(String source, boolean expected) {
        assertThat(isSynchronized(source)).isEqualTo(expected);
    }

    private static boolean isSynchronized(String source) {
        return SYNCHRONIZED.matcher(NO_CODE.matcher(source).replaceAll(" ")).find();
    }

    /** Returns the numbers of the lines, counted from 1, that have code beside comments. */
    static BitSet linesOfCode(String source) {
        BitSet code = new BitSet();
        List<String> lines = NO_CODE.matcher(source)
                .replaceAll(SourceRulesTest::withoutComment)
                .lines()
                .toList();
        for (int i = 0; i < lines.size(); i++) {
            code.set(i + 1, !lines.get(i).isBlank());
        }
        return code;
    }

    /** Keeps strings and characters; of a comment it keeps only the line ends. */
    private static String withoutComment(MatchResult found) {
        String text = found.group();
        return Matcher.quoteReplacement(text.startsWith("/") ? text.replaceAll("[^\n]", "") : text);
    }

    static Stream<Path> sources(Path root) throws IOException {
        assertThat(MAIN).isDirectory();
        if (Files.notExists(root)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
