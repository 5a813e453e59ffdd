package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    /** The page of the documentation. It has exactly the markers that are filled. */
    private static final Path PAGE = Path.of("../docs/benchmarks.md");

    private static final Results RESULTS = Samples.misses()
            .add(Names.MISSES, Names.THROUGHPUT, Names.FETCHONCE, Names.callers(1_000), 13_400)
            .results();
    private static final String PLOT = "distinct-misses-requests-a-second.svg";

    @TempDir
    Path project;

    private Path page;
    private Path readme;

    @BeforeEach
    void a_project() throws IOException {
        page = project.resolve("docs/benchmarks.md");
        readme = project.resolve("README.md");
        Files.createDirectories(page.getParent());
        Files.copy(PAGE, page);
        Files.writeString(readme, "# It\n\n<!-- bench:summary -->\n<!-- /bench:summary -->\n\nThe end\n");
    }

    @Test
    void the_recorded_run_fills_the_documentation_and_the_readme() throws IOException {
        Report.recorded(project).write(RESULTS);

        assertThat(ResultsFile.read(project.resolve("docs/benchmarks/results.json")))
                .isEqualTo(RESULTS);
        assertThat(page)
                .content()
                .contains("# Benchmarks\n", "| machine | 2 processors, 8.00 GiB, Linux amd64 |\n")
                .contains("| it took | 1 h 2 min 3 s |\n", "| command | `mvn -q -Pbench` |\n")
                .contains("![distinct misses: requests a second, 1/s](benchmarks/" + PLOT + ")\n")
                .contains("<!-- bench:first -->\n\nNot measured.\n\n<!-- /bench:first -->\n");
        assertThat(readme)
                .content()
                .startsWith("# It\n\n<!-- bench:summary -->\n\n| scenario | metric | Fetchonce | to compare |\n"
                        + "| --- | --- | ---: | --- |\n"
                        + "| distinct misses, 1,000 callers | requests a second, 1/s | **13,400** "
                        + "| async variant: not measured |\n\nMeasured on 2026-11-26, 2 processors")
                .endsWith("<!-- /bench:summary -->\n\nThe end\n");
        try (Stream<Path> files = Files.list(project.resolve("docs/benchmarks"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("results.json", PLOT);
        }
    }

    @Test
    void written_again_it_is_the_same() throws IOException {
        Report.recorded(project).write(RESULTS);
        String once = Files.readString(page);
        Report.recorded(project).write(RESULTS);
        assertThat(page).content().isEqualTo(once);
    }

    @Test
    void a_smoke_run_leaves_the_documentation_alone() throws IOException {
        Path into = project.resolve("target/bench");
        String before = Files.readString(page);
        String readmeBefore = Files.readString(readme);
        Report.smoke(project, into).write(RESULTS);
        assertThat(page).content().isEqualTo(before);
        assertThat(readme).content().isEqualTo(readmeBefore);
        assertThat(into.resolve("benchmarks.md")).content().contains("](plots/" + PLOT + ")\n");
        assertThat(into.resolve("plots/" + PLOT)).content().startsWith("<svg ");
    }

    @Test
    void a_readme_without_its_place_leaves_the_page_as_it_was() throws IOException {
        Files.writeString(readme, "# It\n");
        String before = Files.readString(page);
        assertThatThrownBy(() -> Report.recorded(project).write(RESULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(readme + ": no marker for summary");
        assertThat(page).content().isEqualTo(before);
        assertThat(ResultsFile.read(project.resolve("docs/benchmarks/results.json")))
                .isEqualTo(RESULTS);
    }

    @Test
    void a_figure_without_a_place_is_named_and_not_lost() throws IOException {
        Results results = Samples.misses()
                .add(Names.HIT, Names.HIT_RATIO, Names.FETCHONCE, Names.threads(1), 1)
                .results();
        assertThatThrownBy(() -> Report.recorded(project).write(results))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no section shows Figure[scenario=fresh hit, one key");
        assertThat(ResultsFile.read(project.resolve("docs/benchmarks/results.json")))
                .isEqualTo(results);
    }

    @Test
    void files_of_plots_differ() {
        assertThat(Section.all().stream()
                        .flatMap(section -> section.views().stream())
                        .map(Section.View::file))
                .doesNotHaveDuplicates();
    }
}
