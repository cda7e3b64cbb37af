#pragma once

#include <offhook/sip/transport/carriers.hpp>
#include <offhook/sip/transport/connections.hpp>
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/sip/transport/running_edge.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace offhook::transport_test {

using services::Certificate;
using services::CertificateWish;
using AltName = CertificateWish::Name::Kind;

/// A folder for PEM files, removed at the end.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "offhook-tls-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& text) {
    const auto path = path_ / std::to_string(++count_);
    std::ofstream(path) << text;
    return path.string();
  }

 private:
  std::filesystem::path path_;
  int count_ = 0;
};

/// The certificate authority that these tests trust.
struct Authority {
  Folder folder;
  Certificate root = services::make_certificate(CertificateWish{.common_names = {"a root"}, .is_authority = true});
  std::string root_file = folder.file(root.certificate_pem);

  Certificate issue(CertificateWish wish) const {
    if (wish.issuer == nullptr) wish.issuer = &root;
    return services::make_certificate(wish);
  }
  Certificate issue_dns(const std::string& name) const { return issue({.alternatives = {{AltName::Dns, name}}}); }
  sip::TlsOptions showing(const Certificate& certificate, const std::string& chain = {}) {
    sip::TlsOptions options;
    options.ca_file = root_file;
    options.certificate_file = folder.file(certificate.certificate_pem + chain);
    options.key_file = folder.file(certificate.key_pem);
    return options;
  }
  sip::TlsOptions trusting() const {
    sip::TlsOptions options;
    options.ca_file = root_file;
    return options;
  }
};

/// An edge with listeners of these transports on 127.0.0.1, each on a port of its own.
struct ServingEdge {
  base::SystemRandom random;
  sip::Stack stack{{}, random};
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  explicit ServingEdge(const std::vector<sip::Transport>& transports, sip::EdgeOptions options) {
    for (const auto transport : transports) options.listeners.push_back({transport, *base::IpAddress::parse("127.0.0.1"), 0});
    auto opened = sip::SipEdge::open(options, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    thread = std::thread([this] { edge->run(); });
  }
  ~ServingEdge() {
    edge->stop();
    thread.join();
  }
  std::uint16_t port(std::size_t i = 0) const { return edge->listeners().at(i).port; }
  sip::EdgeCounters counters() {
    std::promise<sip::EdgeCounters> said;
    edge->post([&] { said.set_value(edge->counters()); });
    return said.get_future().get();
  }
};

/// The part of the edge that opens client connections, without a stack.
struct Client {
  boost::asio::io_context io{1};
  sip::EdgeCounters counters;
  sip::detail::Carriers carriers{counters};
  std::vector<std::string> messages;
  std::vector<sip::Flow> failed, from;
  sip::detail::Connections connections{io, counters,
                                       {[this](const sip::Flow& flow, base::Bytes bytes) {
                                          messages.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
                                          from.push_back(flow);
                                          io.stop();
                                        },
                                        [this](const sip::Flow& flow) {
                                          failed.push_back(flow);
                                          io.stop();
                                        },
                                        [](const sip::Flow&) { return true; }, [](const base::IpAddress&) { return true; }}};
  std::uint64_t next_id = 1;

  explicit Client(const sip::EdgeOptions& options) {
    REQUIRE(carriers.open(options).has_value());
    connections.shared().carry = [this](auto socket, const sip::Flow& flow, sip::detail::Side side) {
      return carriers.carry(std::move(socket), flow, side);
    };
  }
  explicit Client(const sip::TlsOptions& tls) : Client(with(tls)) {}
  static sip::EdgeOptions with(const sip::TlsOptions& tls) {
    sip::EdgeOptions options;
    options.tls = tls;
    return options;
  }
  static sip::Flow flow(sip::Transport transport, std::uint16_t port, const std::string& name) {
    return {{}, transport, {}, {*base::IpAddress::parse("127.0.0.1"), port}, name};
  }
  /// Waits for the next message or failure, at most 20 s.
  void wait() {
    io.restart();
    io.run_for(std::chrono::seconds(20));
  }
  /// Sends a request. Returns true if a response comes.
  bool asks(const sip::Flow& to, std::string_view transport = "TLS") {
    const std::size_t before = messages.size();
    connections.send(to, options(transport, static_cast<int>(next_id)), sip::FlowId{next_id});
    ++next_id;
    wait();
    return messages.size() > before && messages.back().starts_with("SIP/2.0 200 ");
  }
  ~Client() { connections.close_all(); }
};

}  // namespace offhook::transport_test
