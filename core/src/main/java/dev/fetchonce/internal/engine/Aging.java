package dev.fetchonce.internal.engine;

import dev.fetchonce.internal.http.Judged;
import dev.fetchonce.internal.http.Received;
import dev.fetchonce.internal.http.RequestDirectives;
import dev.fetchonce.internal.http.Selection;
import dev.fetchonce.internal.http.StoredResponse;
import java.net.http.HttpHeaders;

/** By which rules answers are kept, and age. Thread-safe. */
public sealed interface Aging permits TtlAging {
    /** What an answer to this question is good for. */
    Judged judge(Ask ask, Exchange.Answered answered, Received received, boolean conditional);

    /** The stored response, confirmed by a 304 with these fields. */
    StoredResponse renewed(Ask ask, StoredResponse stored, HttpHeaders notModified, Received received);

    /** The fields of an answer that are kept. */
    HttpHeaders kept(HttpHeaders received);

    /** What of an answer is kept. */
    StoredResponse stored(StoredResponse response);

    /** For which requests an answer with these fields to such a request is selected. */
    Selection selection(HttpHeaders response, HttpHeaders request);

    /** What a request says about the answers it wants. */
    RequestDirectives directives(HttpHeaders request);

    /** For how long what can be validated is kept beyond any use of its own, in nanoseconds. */
    long keptForValidation();
}
