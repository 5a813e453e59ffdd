package dev.fetchonce.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request that has reached the origin, and the means to answer it. */
public final class Call {
    private final String target;
    private final Map<String, List<String>> fields;
    private final int number;
    private final Socket socket;
    private final OutputStream out;
    private boolean ended;

    Call(String target, Map<String, List<String>> fields, int number, Socket socket) throws IOException {
        this.target = target;
        this.fields = fields;
        this.number = number;
        this.socket = socket;
        this.out = socket.getOutputStream();
    }

    /** Returns the path and the query. */
    public String target() {
        return target;
    }

    public String path() {
        return target.split("\\?", 2)[0];
    }

    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name)).map(List::getFirst);
    }

    public Map<String, List<String>> fields() {
        return fields;
    }

    /** Returns the number of this request among the requests for its path, from 1. */
    public int number() {
        return number;
    }

    public void json(String body, String... more) throws IOException {
        String[] all = java.util.Arrays.copyOf(more, more.length + 1);
        all[more.length] = "Content-Type: application/json";
        send(200, body.getBytes(StandardCharsets.UTF_8), all);
    }

    public void status(int status, String... more) throws IOException {
        send(status, new byte[0], more);
    }

    public void send(int status, byte[] body, String... more) throws IOException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " -\r\n");
        for (String field : more) {
            head.append(field).append("\r\n");
        }
        if (status != 304 && status != 204) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        head.append("\r\n");
        raw(head.toString());
        raw(body);
    }

    /** Sends the body with this entity tag, or a 304 where the request has the tag in {@code If-None-Match}. */
    public void tagged(String tag, String body, String... more) throws IOException {
        String[] all = java.util.Arrays.copyOf(more, more.length + 1);
        all[more.length] = "ETag: " + tag;
        if (field("If-None-Match").filter(tag::equals).isPresent()) {
            status(304, all);
        } else {
            json(body, all);
        }
    }

    /** Sends exactly these characters, in UTF-8. */
    public void raw(String text) throws IOException {
        raw(text.getBytes(StandardCharsets.UTF_8));
    }

    public void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Ends the connection in good order, after this answer. */
    public void end() {
        ended = true;
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
        ended = true;
    }

    /** Waits until the client has gone away. */
    public void awaitDisconnect() throws IOException {
        while (socket.getInputStream().read() >= 0) {
            // the client may still send bytes
        }
        ended = true;
    }

    boolean ended() {
        return ended;
    }
}
