package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultsFileTest {
    private static final String WHOLE = ResultsFile.text(Samples.empty());

    @TempDir
    Path folder;

    @Test
    void what_was_written_is_read_back() throws IOException {
        Path file = folder.resolve("new/results.json");
        Results results = Samples.misses().results();
        ResultsFile.write(results, file);
        assertThat(ResultsFile.read(file)).isEqualTo(results);
        assertThat(file.getParent()).isDirectoryContaining("glob:**results.json");
        assertThat(file.getParent()).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void it_is_written_in_the_order_of_the_records() {
        Results results = new Samples()
                .add(Names.HIT, Names.TIME, Names.FETCHONCE, Names.threads(1), 24.5, 25)
                .results();
        assertThat(ResultsFile.text(results)).isEqualTo("""
                {
                  "date" : "2026-11-26",
                  "command" : "mvn -q -Pbench",
                  "seconds" : 3723,
                  "machine" : {
                    "processors" : 2,
                    "memoryBytes" : 8589934592,
                    "system" : "Linux amd64",
                    "jdk" : "OpenJDK 25"
                  },
                  "series" : [ {
                    "figure" : {
                      "scenario" : "fresh hit, one key",
                      "contender" : "Fetchonce",
                      "load" : "1 thread",
                      "metric" : "time a call",
                      "unit" : "ns"
                    },
                    "values" : [ 24.5, 25.0 ]
                  } ]
                }
                """);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`{`                    | ``                  | end-of-input",
                "`\"processors\" : 2,`  | ``                  | processors",
                "`2026-11-26\"`         | `2026\", \"x\" : 1` | \"x\"",
                "`[ ]`                  | `[ { \"figure\" : null, \"values\" : [ 1 ] } ]` | figure",
                "`3723`                 | `\"long\"`          | seconds",
                "`[ ]`                  | `[ { \"figure\" : {\"scenario\":\"s\",\"contender\":\"c\",\"load\":\"l\",\"metric\":\"m\",\"unit\":\"\"}, \"values\" : [ ] } ]` | no number for",
            })
    void a_broken_file_says_which_and_why(String old, String broken, String why) throws IOException {
        Path file = folder.resolve("broken.json");
        Files.writeString(file, old.equals("{") ? "{" : WHOLE.replace(old, broken));
        assertThatThrownBy(() -> ResultsFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " is not a run's results: ")
                .hasMessageContaining(why);
    }

    @Test
    void a_file_that_is_not_there_is_named() {
        Path file = folder.resolve("none.json");
        assertThatThrownBy(() -> ResultsFile.read(file))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("none.json");
    }
}
