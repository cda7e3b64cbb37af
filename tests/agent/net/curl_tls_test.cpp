// Tests of libcurl's TLS on loopback, with trusted and untrusted servers.
#include <offhook/agent/net/curl_http_client.hpp>
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

using namespace offhook;
using namespace offhook::agent::net;
using namespace std::chrono_literals;

namespace {

struct PemFile {
  explicit PemFile(const std::string& pem) { std::ofstream(path) << pem; }
  ~PemFile() { std::filesystem::remove(path); }
  inline static int made = 0;
  std::string path = (std::filesystem::temp_directory_path() /
                      ("offhook_curl_tls_" + std::to_string(::getpid()) + "_" + std::to_string(++made) + ".pem"))
                         .string();
};

struct Secure {
  explicit Secure(const services::Certificate& certificate = services::make_certificate())
      : trusted(certificate.certificate_pem) {
    services::ServerOptions options;
    options.certificate_pem = certificate.certificate_pem;
    options.key_pem = certificate.key_pem;
    server = services::WebServer::open(options, [](services::Peer& peer, const services::WebRequest& request) {
      peer.answer(200, {}, "you asked for " + request.target);
      return std::unique_ptr<services::Visitor>{};
    });
    REQUIRE(server);
  }
  /// Returns the response body, or the text of the error. Sets `what` to the kind of the error.
  std::string ask(CurlOptions options, const std::string& host, NetError::What& what) {
    CurlHttpClient client(io, std::move(options));
    HttpRequest request;
    request.url = "https://" + host + ":" + std::to_string(server->port()) + "/x";
    std::string body;
    std::optional<std::string> end;
    const auto transfer = client.start(std::move(request), {{},
                                                            [&](std::string_view bytes) { body += bytes; },
                                                            [&](std::optional<NetError> error) {
                                                              end = error ? error->detail : body;
                                                              if (error) what = error->what;
                                                            }});
    io.restart();
    const auto give_up = std::chrono::steady_clock::now() + 20s;
    while (!end && std::chrono::steady_clock::now() < give_up) io.run_one_for(100ms);
    REQUIRE(end);
    return *end;
  }

  boost::asio::io_context io;
  PemFile trusted;
  std::unique_ptr<services::WebServer> server;
};

}  // namespace

TEST_CASE("CurlHttpClient refuses a server without a trusted certificate") {
  Secure secure;
  auto what = NetError::What::Local;
  const std::string said = secure.ask({}, "localhost", what);
  CHECK(what == NetError::What::Tls);
  CHECK(said.find("for a server of your own, name its CA file") != std::string::npos);
}

TEST_CASE("CurlHttpClient trusts a server certificate of its CA file only for the host names in the certificate") {
  auto what = NetError::What::Local;
  CurlOptions options;
  Secure secure;
  options.ca_file = secure.trusted.path;
  CHECK(secure.ask(options, "localhost", what) == "you asked for /x");
  Secure other(services::make_certificate({"elsewhere.example"}));
  options.ca_file = other.trusted.path;
  other.ask(options, "localhost", what);
  CHECK(what == NetError::What::Tls);
}

TEST_CASE("If CurlHttpClient cannot read its CA file, the error names the file") {
  Secure secure;
  auto what = NetError::What::Local;
  CurlOptions options;
  options.ca_file = "/nowhere/ca.pem";
  const std::string said = secure.ask(options, "localhost", what);
  CHECK(what == NetError::What::Tls);
  CHECK(said.find("/nowhere/ca.pem") != std::string::npos);
}
