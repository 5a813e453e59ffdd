package dev.fetchonce.benchmarks.origin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * An origin that runs: the URLs of its documents, and what it can be told. It is told so over a connection of its own each
 * time, by none of the clients that are measured.
 *
 * @param port on loopback
 */
public record OriginAt(int port) {
    /**
     * The URL of a document.
     *
     * @param kind how it is answered
     * @param bytes how long it is
     * @param id which one
     * @param maxAge for how many seconds its response says it is fresh
     */
    public String url(Kind kind, int bytes, int id, int maxAge) {
        return "http://127.0.0.1:" + port + "/" + kind.word() + "/" + bytes + "/" + id + "?max-age=" + maxAge;
    }

    /** What it has counted. */
    public Counts counts() throws IOException {
        String said = tell("counts");
        return Counts.of(said.substring(said.indexOf(' ') + 1));
    }

    /** Has it count from nothing. */
    public void reset() throws IOException {
        tell("reset");
    }

    /** Has it keep those who ask for what is held. */
    public void hold() throws IOException {
        tell("hold");
    }

    /** Has it answer them; says when, by {@link System#nanoTime()}, which all processes of a machine share on Linux. */
    public long release() throws IOException {
        String said = tell("release");
        return Long.parseLong(said.substring(0, said.indexOf(' ')));
    }

    /** Changes its mood. */
    public void mood(Mood mood) throws IOException {
        tell(mood.name());
    }

    private String tell(String word) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(("GET /control/" + word + " HTTP/1.1\r\nHost: origin\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }
}
