package dev.fetchonce.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests that every small example ends by itself and prints its results, and that the cache logs to standard error. */
@Timeout(60)
class ExamplesTest {
    @Test
    void quick_start_asks_once_for_each_document() throws Exception {
        assertThat(printedBy(QuickStart::main))
                .contains("tree    region is eu-north-1")
                .contains("record  requests time out after PT2S")
                .contains("list    6 depots")
                .contains("1 request for the configuration, 1 for the depots");
    }

    @Test
    void outage_is_bridged_and_ends() throws Exception {
        assertThat(printedBy(Outage::main))
                .containsPattern("origin down +stale true +served STALE_ERROR")
                .containsPattern("during the backoff +stale true +served STALE_BACKOFF")
                .contains("stale responses stand in (CONNECT)")
                .contains("answers again after")
                .containsPattern("never fetched before +CONNECT")
                .containsPattern("origin back +stale false .* failures 0");
    }

    @Test
    void refresh_and_invalidate_bring_the_newer_revision() throws Exception {
        assertThat(printedBy(RefreshAndInvalidate::main))
                .contains("refresh, nothing new revision 1  REVALIDATED")
                .contains("changed, still fresh revision 1  HIT")
                .containsPattern("refresh +revision 2  FETCHED")
                .containsPattern("next call +revision 3  FETCHED");
    }

    @Test
    void own_decoders_read_what_is_not_json() throws Exception {
        assertThat(printedBy(OwnDecoder::main))
                .contains("belt.speed is 2.1")
                .contains("{ARN2=18211, OSL3=9407, TLL1=2260}");
    }

    @Test
    void a_server_on_virtual_threads_asks_its_origin_once() throws Exception {
        assertThat(printedBy(VirtualThreadServer::main))
                .contains("500 of 500 visitors were answered, with 1 request to the origin");
    }

    @Test
    void a_drop_in_client_tells_where_each_answer_came_from() throws Exception {
        assertThat(printedBy(DropIn::main))
                .contains("1000 callers, 1 request to the origin")
                .containsPattern("miss +.*fwd=uri-miss.*stored")
                .containsPattern("collapsed +.*fwd=uri-miss.*collapsed")
                .containsPattern("hit +.*; hit; ttl=")
                .containsPattern("revalidated +.*fwd=request; fwd-status=304")
                .contains("2 requests to the origin in all, 1 answered with 304, 1 body sent");
    }

    @Test
    void samples_are_json_of_the_sizes_promised() throws Exception {
        for (Samples sample : Samples.values()) {
            JsonNode tree = JsonMapper.shared().readTree(sample.text());
            assertThat(tree.isObject()).as(sample.path()).isTrue();
        }
        assertThat(Samples.OPENAPI.text()).hasSizeBetween(90_000, 130_000);
    }

    /** A main method. */
    private interface Program {
        void main(String[] args) throws Exception;
    }

    private static String printedBy(Program program) throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        PrintStream screen = new PrintStream(written, true, StandardCharsets.UTF_8);
        PrintStream out = System.out;
        PrintStream err = System.err;
        System.setOut(screen);
        System.setErr(screen);
        try {
            program.main(new String[0]);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return written.toString(StandardCharsets.UTF_8);
    }
}
