package dev.fetchonce.benchmarks.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void head_has_path_user_and_condition() {
        String head = "GET /page/7 HTTP/1.1\r\nHost: h\r\nAuthorization: alice\r\nIf-None-Match: \"3\"\r\n\r\n";
        assertEquals(new Request("/page/7", "alice", "\"3\""), Request.of(head));
    }

    @Test
    void fields_of_another_case_count_and_absent_fields_are_empty() {
        assertEquals(new Request("/", "", "\"3\""), Request.of("GET / HTTP/1.1\r\nif-none-match: \"3\"\r\n\r\n"));
    }
}
