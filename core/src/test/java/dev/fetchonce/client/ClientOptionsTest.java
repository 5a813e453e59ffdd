package dev.fetchonce.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fetchonce.CachingHttpClient;
import dev.fetchonce.ClientOptions;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The options of a drop-in client: their defaults, and the values that they refuse. */
class ClientOptionsTest {
    @Test
    void by_default_all_is_off() {
        assertThat(ClientOptions.defaults()).isEqualTo(new ClientOptions(Redirect.NEVER, Optional.empty(), false));
    }

    @Test
    void each_setter_changes_one_option() {
        ClientOptions all = ClientOptions.defaults()
                .redirects(Redirect.ALWAYS)
                .softTimeout(Duration.ofMillis(5))
                .backoff(true);
        assertThat(all).isEqualTo(new ClientOptions(Redirect.ALWAYS, Optional.of(Duration.ofMillis(5)), true));
        assertThat(all.backoff(false)).isEqualTo(new ClientOptions(Redirect.ALWAYS, all.softTimeout(), false));
    }

    @Test
    void a_negative_time_is_refused() {
        assertThatThrownBy(() -> ClientOptions.defaults().softTimeout(Duration.ofNanos(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("softTimeout");
    }

    @Test
    @SuppressWarnings("NullAway")
    void null_is_refused() {
        assertThatThrownBy(() -> ClientOptions.defaults().redirects(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> ClientOptions.defaults().softTimeout((Duration) null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> new ClientOptions(Redirect.NEVER, null, false))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> CachingHttpClient.newBuilder().client(options -> null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("client function");
    }
}
