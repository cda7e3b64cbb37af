#pragma once

#include <offhook/sip/message/parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

namespace offhook::sip::transaction::test {

inline Message parse(std::string_view text) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  auto message = parse_message(Slab::exact({bytes, text.size()}));
  INFO(text);
  REQUIRE(message.has_value());
  return std::move(*message);
}

/// The parts of a request that the matching compares. The default branch has the magic cookie of RFC 3261 section 17.2.3.
struct Request {
  std::string method = "INVITE";
  std::string uri = "sip:6001@192.0.2.9";
  std::string sent_by = "192.0.2.1:5060";
  std::string branch = ";branch=z9hG4bKabc";
  std::string from_tag = ";tag=f1";
  std::string to_tag = "";
  std::string call_id = "c1@192.0.2.1";
  std::string cseq = "7";

  [[nodiscard]] Message message() const {
    return parse(method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + sent_by + branch + "\r\nFrom: <sip:a@192.0.2.1>" +
                 from_tag + "\r\nTo: <sip:6001@192.0.2.9>" + to_tag + "\r\nCall-ID: " + call_id + "\r\nCSeq: " + cseq + " " +
                 method + "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
  }
  [[nodiscard]] Request with(std::string Request::* part, std::string value) const {
    Request changed = *this;
    changed.*part = std::move(value);
    return changed;
  }
};

}  // namespace offhook::sip::transaction::test
