// Handshakes with the openssl command over loopback: another process, real datagrams and real time.
#include <offhook/media/dtls/handshake.hpp>

#include "dtls_pair.hpp"

#include <offhook/bench/process.hpp>
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/testkit/folder.hpp>
#include <offhook/tests/testkit/skip.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook_test;
using media::DtlsHandshake;
using media::DtlsRole;

namespace {

constexpr const char* kOpenSsl = "/usr/bin/openssl";

/// A standard input that stays open and empty, because the openssl command ends at the end of its input.
class OpenInput {
 public:
  OpenInput() : saved_(::dup(STDIN_FILENO)) {
    REQUIRE(::pipe2(pipe_, O_CLOEXEC) == 0);
    ::dup2(pipe_[0], STDIN_FILENO);
  }
  ~OpenInput() {
    ::dup2(saved_, STDIN_FILENO);
    for (const int descriptor : {saved_, pipe_[0], pipe_[1]}) ::close(descriptor);
  }
  OpenInput(const OpenInput&) = delete;
  OpenInput& operator=(const OpenInput&) = delete;

 private:
  int saved_, pipe_[2];
};

class LoopbackSocket {
 public:
  LoopbackSocket() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const auto any = address(0);
    REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0);
  }
  ~LoopbackSocket() { ::close(descriptor_); }
  LoopbackSocket(const LoopbackSocket&) = delete;
  LoopbackSocket& operator=(const LoopbackSocket&) = delete;

  [[nodiscard]] std::string port() const {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&own), &size) == 0);
    return std::to_string(ntohs(own.sin_port));
  }
  void set_peer(const std::string& port) { peer_ = address(static_cast<std::uint16_t>(std::stoi(port))); }

  /// Runs the handshake until it is neither New nor Handshaking, for at most 20 s.
  void run(DtlsHandshake& ours) {
    const auto end = base::Clock::now() + 20s;
    while ((ours.state() == State::New || ours.state() == State::Handshaking) && base::Clock::now() < end) {
      send(ours);
      pollfd ready{descriptor_, POLLIN, 0};
      ::poll(&ready, 1, 20);
      receive(ours);
      ours.on_time(base::Clock::now());
    }
    send(ours);
  }

 private:
  static sockaddr_in address(std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    made.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return made;
  }
  void send(DtlsHandshake& ours) {
    for (auto datagram = ours.poll_transmit(); datagram; datagram = ours.poll_transmit())
      ::sendto(descriptor_, datagram->data(), datagram->size(), 0, reinterpret_cast<const sockaddr*>(&peer_), sizeof peer_);
  }
  void receive(DtlsHandshake& ours) {
    Octets datagram(2000);
    for (;;) {
      socklen_t size = sizeof peer_;
      const auto octets = ::recvfrom(descriptor_, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&peer_), &size);
      if (octets < 0) return;
      ours.on_datagram(base::Bytes(datagram).first(static_cast<std::size_t>(octets)), base::Clock::now());
    }
  }

  int descriptor_;
  sockaddr_in peer_{};
};

std::string hex_of(base::Bytes octets) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (const std::uint8_t octet : octets) text += {kDigits[octet >> 4], kDigits[octet & 15]};
  return text;
}

/// Returns the keying material of RFC 5764 section 4.2 from which these keys were made.
std::string material_of(const DtlsHandshake& ours) {
  const bool is_client = ours.role() == DtlsRole::Client;
  const auto &client = is_client ? ours.keys()->send : ours.keys()->receive, &server = is_client ? ours.keys()->receive : ours.keys()->send;
  return hex_of(client.key()) + hex_of(server.key()) + hex_of(client.salt()) + hex_of(server.salt());
}

/// The openssl command in one role, and our side in the other role.
class ToolCall {
 public:
  ToolCall() : certificate_(services::make_certificate()) {
    folder_.put("certificate.pem", certificate_.certificate_pem);
    folder_.put("key.pem", certificate_.key_pem);
  }

  /// `words` are further arguments of the command. Returns true if both sides connect and have the same keying material.
  bool connects(DtlsRole ours, const char* openssl_suite, rtp::SrtpSuite suite, const std::vector<std::string>& words = {}) {
    const auto& facts = rtp::facts_of(suite);
    const std::string material_octets = std::to_string(2 * (facts.key_octets + facts.salt_octets));
    std::vector<std::string> command{kOpenSsl, ours == DtlsRole::Client ? "s_server" : "s_client", "-dtls1_2", "-use_srtp", openssl_suite,
                                     "-cert", folder_.path + "/certificate.pem", "-key", folder_.path + "/key.pem",
                                     "-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", material_octets};
    if (ours == DtlsRole::Client) command.insert(command.end(), {"-accept", "127.0.0.1:0", "-Verify", "1"});
    if (ours == DtlsRole::Server) command.insert(command.end(), {"-connect", "127.0.0.1:" + socket_.port()});
    command.insert(command.end(), words.begin(), words.end());
    const OpenInput input;
    bench::Process tool(command, folder_.path + "/log");
    if (ours == DtlsRole::Client) socket_.set_peer(wait_for("ACCEPT 127.0.0.1:"));

    DtlsHandshake handshake(client_endpoint(), ours);
    const auto der = services::der_of(certificate_.certificate_pem);
    const base::Bytes octets(reinterpret_cast<const std::uint8_t*>(der.data()), der.size());
    handshake.start({*media::DtlsFingerprint::of(octets, media::DtlsHash::Sha384)}, base::Clock::now());
    socket_.run(handshake);
    if (handshake.failure()) MESSAGE(to_string(handshake.failure()->reason), ": ", handshake.failure()->detail);
    return handshake.state() == State::Connected && handshake.keys()->send.suite() == suite && wait_for("Keying material: ") == material_of(handshake);
  }

 private:
  /// Waits for a line with `text` in the command's output. Returns the rest of the line after `text`.
  std::string wait_for(const std::string& text) {
    std::string log;
    const auto is_there = [&] { return (log = folder_.get("log")).find(text) != std::string::npos && log.find('\n', log.find(text)) != std::string::npos; };
    if (!wait_until(is_there)) return log;
    const auto at = log.find(text) + text.size();
    return log.substr(at, log.find('\n', at) - at);
  }

  offhook::test::Folder folder_;
  services::Certificate certificate_;
  LoopbackSocket socket_;
};

bool has_tool() {
  if (std::filesystem::exists(kOpenSsl)) return true;
  skip("there is no /usr/bin/openssl (apt-get install openssl)");
  return false;
}

}  // namespace

TEST_CASE("A client connects to OpenSSL's s_server, and both have the same keys [RFC 5764 section 4.2]") {
  if (!has_tool()) return;
  CHECK(ToolCall().connects(DtlsRole::Client, "SRTP_AEAD_AES_128_GCM", rtp::SrtpSuite::AeadAes128Gcm));
  CHECK(ToolCall().connects(DtlsRole::Client, "SRTP_AES128_CM_SHA1_80", rtp::SrtpSuite::AesCm128Sha1_80));
}

TEST_CASE("A server accepts OpenSSL's s_client, and both have the same keys [RFC 5764 section 4.2]") {
  if (!has_tool()) return;
  CHECK(ToolCall().connects(DtlsRole::Server, "SRTP_AEAD_AES_256_GCM", rtp::SrtpSuite::AeadAes256Gcm));
  CHECK(ToolCall().connects(DtlsRole::Server, "SRTP_AES128_CM_SHA1_32", rtp::SrtpSuite::AesCm128Sha1_32));
}

TEST_CASE("A client answers a HelloVerifyRequest of s_server [RFC 6347 section 4.2.1]") {
  if (!has_tool()) return;
  CHECK(ToolCall().connects(DtlsRole::Client, "SRTP_AEAD_AES_128_GCM", rtp::SrtpSuite::AeadAes128Gcm, {"-listen"}));
}

TEST_CASE("Both roles accept messages that OpenSSL's command sends in fragments [RFC 6347 section 4.2.3]") {
  if (!has_tool()) return;
  CHECK(ToolCall().connects(DtlsRole::Client, "SRTP_AES128_CM_SHA1_80", rtp::SrtpSuite::AesCm128Sha1_80, {"-mtu", "300"}));
  CHECK(ToolCall().connects(DtlsRole::Server, "SRTP_AES128_CM_SHA1_80", rtp::SrtpSuite::AesCm128Sha1_80, {"-mtu", "300"}));
}
