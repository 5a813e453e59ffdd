package dev.fetchonce.benchmarks.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class PlotsTest {
    private static final Results MISSES = Samples.misses().results();

    @Test
    void it_is_xml_with_every_name_and_number() throws Exception {
        assertThat(texts(Plots.svg(MISSES, Names.MISSES, Names.THROUGHPUT)))
                .contains("Distinct misses", "Requests a second, 1/s; higher is better")
                .contains("64 callers", "10,000 callers")
                .contains("Fetchonce", "async variant", "HttpClient")
                .containsOnlyOnce("14,100", "12,500", "5,200");
    }

    @Test
    void the_same_run_gives_the_same_bytes() {
        assertThat(Plots.svg(MISSES, Names.MISSES, Names.THROUGHPUT))
                .isEqualTo(Plots.svg(MISSES, Names.MISSES, Names.THROUGHPUT))
                .doesNotContain("clip");
    }

    @Test
    void fetchonce_and_the_async_variant_have_colours_of_their_own() {
        String svg = Plots.svg(MISSES, Names.MISSES, Names.THROUGHPUT);
        assertThat(svg.split("fill:rgb\\(217,72,1\\)", -1)).hasSize(3);
        assertThat(svg.split("fill:rgb\\(31,120,180\\)", -1)).hasSize(3);
        assertThat(svg.split("fill:rgb\\(189,189,189\\)", -1)).hasSize(2);
    }

    @Test
    void more_than_two_decades_need_a_logarithmic_scale() throws Exception {
        Results near = hits(20, 2_000);
        Results far = hits(20, 2_001);
        assertThat(texts(Plots.svg(near, Names.HIT, Names.TIME))).contains("Time a call, ns; lower is better");
        assertThat(texts(Plots.svg(far, Names.HIT, Names.TIME)))
                .contains("Time a call, ns; lower is better; logarithmic scale", "100", "1,000", "20.0", "2,000");
    }

    @Test
    void zero_has_its_number_on_either_scale() throws Exception {
        for (double other : new double[] {1, 0}) {
            Results results = new Samples()
                    .add(Names.HIT, Names.ALLOCATED, Names.FETCHONCE, Names.threads(1), 0.01)
                    .add(Names.HIT, Names.ALLOCATED, Names.ASYNC, Names.threads(1), other)
                    .add(Names.HIT, Names.ALLOCATED, Names.OKHTTP, Names.threads(1), other * 50_000)
                    .results();
            String svg = Plots.svg(results, Names.HIT, Names.ALLOCATED);
            assertThat(texts(svg)).contains("0", other == 0 ? "0" : "50,000");
            assertThat(svg).doesNotContain("NaN", "Infinity");
        }
    }

    @Test
    void what_was_not_measured_cannot_be_drawn() {
        assertThatThrownBy(() -> Plots.svg(MISSES, Names.HIT, Names.TIME))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not measured: fresh hit, one key, time a call");
    }

    private static Results hits(double ours, double theirs) {
        return new Samples()
                .add(Names.HIT, Names.TIME, Names.FETCHONCE, Names.threads(1), ours)
                .add(Names.HIT, Names.TIME, Names.OKHTTP, Names.threads(1), theirs)
                .results();
    }

    private static List<String> texts(String svg) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        var nodes = document.getElementsByTagName("text");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent());
        }
        return texts;
    }
}
