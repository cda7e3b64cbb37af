#pragma once

#include <offhook/tests/sim/network.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace offhook::sim {

/// A proxy that rings all its targets for one INVITE, and does not stay in the dialogs' routes. It forwards provisional responses and every 2xx
/// immediately, and refusals only after each branch has refused (RFC 3261 section 16.7). It has no timers: it drops earlier refusals, and their
/// senders retransmit them until the caller's ACK, which the proxy sends to all branches. It cancels no branch.
class ForkingProxy {
 public:
  ForkingProxy(base::SocketAddress where, std::vector<base::SocketAddress> targets)
      : where_(where), targets_(std::move(targets)) {}

  std::vector<Datagram> operator()(const Datagram& received) {
    return received.bytes.starts_with("SIP/2.0 ") ? on_response(received.bytes) : on_request(received);
  }

 private:
  static std::string branch_of(const std::string& via) {
    const auto at = via.find("branch=") + 7;
    return via.substr(at, via.find(';', at) - at);
  }

  std::vector<Datagram> on_request(const Datagram& received) {
    const std::string branch = branch_of(header(received.bytes, "Via"));
    sources_[branch] = received.from;
    std::vector<Datagram> all;
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      std::string copy = received.bytes;
      copy.insert(copy.find("\r\n"),
                  "\r\nVia: SIP/2.0/UDP " + where_.to_string() + ";branch=" + branch + "-" + std::to_string(i));
      all.push_back({where_, targets_[i], std::move(copy)});
    }
    return all;
  }
  std::vector<Datagram> on_response(std::string text) {
    const std::string ours = branch_of(header(text, "Via"));
    const auto via = text.find("\r\nVia: ");
    text.erase(via, text.find("\r\n", via + 2) - via);
    const std::string branch = branch_of(header(text, "Via"));
    const auto source = sources_.find(branch);
    if (source == sources_.end()) return {};
    const bool refuses = text[8] >= '3' && header(text, "CSeq").ends_with("INVITE");
    if (refuses) {
      auto& refused = refused_[branch];
      refused[ours] = true;
      if (refused.size() < targets_.size()) return {};
    }
    return {{where_, source->second, std::move(text)}};
  }

  base::SocketAddress where_;
  std::vector<base::SocketAddress> targets_;
  std::map<std::string, base::SocketAddress> sources_;
  std::map<std::string, std::map<std::string, bool>> refused_;
};

}  // namespace offhook::sim
