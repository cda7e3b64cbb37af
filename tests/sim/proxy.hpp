#pragma once

#include <offhook/tests/sim/network.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace offhook::sim {

/// A minimal registrar and stateless proxy (RFC 3261 section 16.11), for calls of a stack that is behind a NAT. It records its route in
/// dialogs. It sends requests to the source of the REGISTER, and responses to the source of the request.
class Proxy {
 public:
  Proxy(base::SocketAddress where, int expires) : where_(where), expires_(expires) {}

  std::vector<Datagram> operator()(const Datagram& received) {
    return received.bytes.starts_with("SIP/2.0 ") ? on_response(received.bytes) : on_request(received);
  }
  [[nodiscard]] std::size_t bindings() const { return bindings_.size(); }

 private:
  struct Binding {
    std::string contact;
    base::SocketAddress source;
  };

  static std::string method(const std::string& message) { return message.substr(0, message.find(' ')); }
  static std::string request_uri(const std::string& message) {
    const auto begin = message.find(' ') + 1;
    return message.substr(begin, message.find(' ', begin) - begin);
  }
  /// Returns the user of a URI: "sip:bob@192.0.2.1:5060;x" -> "bob".
  static std::string user(const std::string& uri) {
    const auto at = uri.find('@');
    return at == std::string::npos ? std::string() : uri.substr(uri.find(':') + 1, at - uri.find(':') - 1);
  }
  static base::SocketAddress host(const std::string& uri) {
    const auto at = uri.find('@');
    const auto begin = at == std::string::npos ? uri.find(':') + 1 : at + 1;
    const std::string place = uri.substr(begin, uri.find_first_of(";>?", begin) - begin);
    const auto colon = place.find(':');
    const auto ip = base::IpAddress::parse(place.substr(0, colon));
    return {ip.value_or(base::IpAddress{}),
            static_cast<std::uint16_t>(colon == std::string::npos ? 5060 : std::stoi(place.substr(colon + 1)))};
  }
  static std::string parameter(const std::string& value, const std::string& name) {
    const auto at = value.find(";" + name + "=");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 2;
    return value.substr(begin, value.find_first_of(";\r", begin) - begin);
  }
  static void remove_line(std::string& message, const std::string& name) {
    const auto at = message.find("\r\n" + name + ": ");
    if (at != std::string::npos) message.erase(at, message.find("\r\n", at + 2) - at);
  }

  /// Adds the real source of the request: RFC 3581 section 4.
  static void mark_source(std::string& message, const base::SocketAddress& from) {
    const auto via = message.find("\r\nVia: ") + 2;
    const auto end = message.find("\r\n", via);
    auto line = message.substr(via, end - via);
    if (const auto rport = line.find(";rport"); rport != std::string::npos && line.compare(rport, 7, ";rport=") != 0)
      line.insert(rport + 6, "=" + std::to_string(from.port));
    message.replace(via, end - via, line + ";received=" + from.ip.to_string());
  }

  std::vector<Datagram> on_request(const Datagram& received) {
    std::string message = received.bytes;
    mark_source(message, received.from);
    if (method(message) == "REGISTER") return on_register(message, received.from);
    if (header(message, "Route").find(where_.ip.to_string()) != std::string::npos) remove_line(message, "Route");
    const std::string uri = request_uri(message);
    base::SocketAddress to = host(uri);
    // The proxy cannot reach a private address. It uses the source of the REGISTER instead.
    if (to == where_ || to.ip.to_string().starts_with("10.")) {
      const auto bound = bindings_.find(user(uri));
      if (bound == bindings_.end())
        return method(message) == "ACK" ? std::vector<Datagram>{} : answer(message, received.from, "404 Not Found");
      to = bound->second.source;
      if (host(uri) == where_) message.replace(message.find(uri), uri.size(), bound->second.contact);
    }
    // The branch depends on the previous branch, so that CANCEL and ACK match their INVITE: RFC 3261 section 16.11.
    const std::string branch = parameter(header(message, "Via"), "branch") + "-proxy";
    std::string ours = "\r\nVia: SIP/2.0/UDP " + where_.ip.to_string() + ":" + std::to_string(where_.port) + ";branch=" + branch;
    if (method(message) == "INVITE")
      ours += "\r\nRecord-Route: <sip:" + where_.ip.to_string() + ":" + std::to_string(where_.port) + ";lr>";
    message.insert(message.find("\r\n"), ours);
    return {{where_, to, message}};
  }

  std::vector<Datagram> on_register(const std::string& message, const base::SocketAddress& from) {
    const std::string contact = header(message, "Contact");
    const auto open = contact.find('<');
    const std::string aor = header(message, "To");
    const bool ends = contact == "*" || header(message, "Expires") == "0" || parameter(contact, "expires") == "0";
    const std::string bound = user(aor.substr(aor.find("sip:")));
    if (ends) {
      bindings_.erase(bound);
      return answer(message, from, "200 OK");
    }
    const std::string uri = contact.substr(open + 1, contact.find('>') - open - 1);
    bindings_[bound] = {uri, from};
    return answer(message, from, "200 OK", "Contact: <" + uri + ">;expires=" + std::to_string(expires_) + "\r\n");
  }

  std::vector<Datagram> answer(const std::string& request, const base::SocketAddress& to, const std::string& status,
                               const std::string& extra = {}) const {
    std::string text = "SIP/2.0 " + status + "\r\n";
    for (const auto& value : headers(request, "Via")) text += "Via: " + value + "\r\n";
    const std::string party = header(request, "To");
    text += "From: " + header(request, "From") + "\r\nTo: " + party +
            (party.find(";tag=") == std::string::npos ? ";tag=proxy" : "") + "\r\n";
    text += "Call-ID: " + header(request, "Call-ID") + "\r\nCSeq: " + header(request, "CSeq") + "\r\n" + extra +
            "Content-Length: 0\r\n\r\n";
    return {{where_, to, text}};
  }

  std::vector<Datagram> on_response(std::string message) const {
    remove_line(message, "Via");
    const std::string via = header(message, "Via");
    if (via.empty()) return {};
    const auto begin = via.find(' ') + 1;
    base::SocketAddress to = host("sip:" + via.substr(begin, via.find(';') - begin));
    if (const auto ip = base::IpAddress::parse(parameter(via, "received"))) to.ip = *ip;
    if (const auto port = parameter(via, "rport"); !port.empty()) to.port = static_cast<std::uint16_t>(std::stoi(port));
    return {{where_, to, message}};
  }

  base::SocketAddress where_;
  int expires_;
  std::map<std::string, Binding> bindings_;
};

}  // namespace offhook::sim
