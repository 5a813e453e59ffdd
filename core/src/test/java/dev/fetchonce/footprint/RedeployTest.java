package dev.fetchonce.footprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fetchonce.redeployed.Application;
import dev.fetchonce.testing.Await;
import dev.fetchonce.testing.FakeOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A container that has this library on its own class path, while applications are deployed and removed. */
@Tag("heap")
class RedeployTest {
    private final FakeOrigin origin =
            new FakeOrigin().json("/a", "{\"items\":[{\"amount\":1,\"colour\":\"RED\"}]}", "Cache-Control: max-age=60");

    @AfterEach
    void close() {
        origin.close();
    }

    @Test
    void classes_of_an_application_go_when_its_caches_are_closed_and_dropped() throws Exception {
        WeakReference<ClassLoader> application = deployed(false);
        Await.until("the class loader is gone", () -> gone(application));
    }

    @Test
    void classes_stay_where_an_application_gives_the_mapper_that_all_share() throws Exception {
        WeakReference<ClassLoader> application = deployed(true);
        for (int i = 0; i < 3; i++) {
            assertThat(gone(application))
                    .as("then the other test would show nothing")
                    .isFalse();
        }
    }

    private static boolean gone(WeakReference<ClassLoader> application) {
        System.gc();
        return application.get() == null;
    }

    /** Loads the application, runs it as a container does, and keeps only a weak reference to its class loader. */
    private WeakReference<ClassLoader> deployed(boolean sharesJackson) throws Exception {
        ClassLoader loader = new Webapp();
        Object application = loader.loadClass(Application.class.getName())
                .getConstructor(String.class, boolean.class)
                .newInstance(origin.url("/a"), sharesJackson);
        assertThat(application.getClass()).isNotSameAs(Application.class);
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try {
            assertThat(((Callable<?>) application).call()).isEqualTo(4);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        return new WeakReference<>(loader);
    }

    /**
     * A class loader that defines the classes of the application itself, and gets all other classes from its parent.
     */
    private static final class Webapp extends ClassLoader {
        private static final String OWN = Application.class.getPackageName();

        Webapp() {
            super(RedeployTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(OWN)) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = file.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
