package dev.fetchonce.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates of an authority that exists in the test alone. The keytool of the JDK that runs the test makes them. */
public final class Certificates {
    /** The password of every key store here. */
    public static final String PASSWORD = "changeit";

    private static final String AUTHORITY = "authority";
    private static final String SERVER = "server";

    private final Path directory;
    private final Path signer;

    /** Makes the authority. The directory keeps all key stores. */
    public Certificates(Path directory) {
        this.directory = directory;
        signer = directory.resolve(AUTHORITY + ".p12");
        keytool(signer, AUTHORITY, "-startdate", "-10d", "-validity", "100", "-ext", "bc:critical=ca:true");
    }

    /** Returns the key store of the authority, which a client trusts. */
    public KeyStore authority() {
        return load(signer);
    }

    /**
     * Returns a server's key and certificate, signed by the authority.
     *
     * @param alternatives the subject's alternative names, such as {@code ip:127.0.0.1}
     * @param start the start of the validity, such as {@code -2d}
     * @param days the length of the validity, in days
     */
    public KeyStore signed(String name, String alternatives, String start, int days) {
        Path file = directory.resolve(name + ".p12");
        try {
            Files.copy(signer, file);
            String[] options = {"-startdate", start, "-validity", String.valueOf(days), "-ext", "san=" + alternatives};
            keytool(file, SERVER, together(options, "-signer", AUTHORITY));
            KeyStore store = load(file);
            store.deleteEntry(AUTHORITY); // a server must not have the authority's key
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Writes a key store to a file, for a server that wants a file. */
    public Path file(KeyStore store, String name) {
        Path file = directory.resolve(name + ".p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, PASSWORD.toCharArray());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns a server's key and certificate; the server itself has signed the certificate. */
    public KeyStore selfSigned(String name, String alternatives) {
        Path file = directory.resolve(name + ".p12");
        keytool(file, SERVER, "-startdate", "-1d", "-validity", "30", "-ext", "san=" + alternatives);
        return load(file);
    }

    private static String[] together(String[] options, String... more) {
        return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
    }

    private static void keytool(Path file, String alias, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-groupname", "secp256r1"));
        command.addAll(List.of("-dname", "CN=" + file.getFileName(), "-storetype", "PKCS12"));
        command.addAll(List.of("-keystore", file.toString(), "-storepass", PASSWORD, "-keypass", PASSWORD));
        command.addAll(List.of(options));
        try {
            Process keytool =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String told = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new AssertionError("keytool failed: " + told);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyStore load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD.toCharArray());
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the TLS context of a server that shows this certificate. */
    public static SSLContext server(KeyStore identity) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity, PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the TLS context of a client that trusts this authority and no other. */
    public static SSLContext client(KeyStore authority) {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(AUTHORITY, authority.getCertificate(AUTHORITY));
            TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
