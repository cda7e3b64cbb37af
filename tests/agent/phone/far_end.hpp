#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace offhook::test {

/// A called peer on 127.0.0.1 without an Endpoint. `on_call` runs on the edge's thread and sends its responses through the stack.
struct FarEnd {
  base::SystemRandom random;
  sip::Stack stack{{}, random};
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  explicit FarEnd(std::function<void(sip::Stack&, const sip::IncomingCall&)> on_call) {
    sip::EdgeOptions options;
    options.bind = *base::IpAddress::parse("127.0.0.1");
    auto opened = sip::SipEdge::open(options, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    edge->on_event([this, on_call = std::move(on_call)](const sip::Event& event) {
      if (const auto* call = std::get_if<sip::IncomingCall>(&event)) on_call(stack, *call);
    });
    thread = std::thread([this] { edge->run(); });
  }
  ~FarEnd() {
    edge->stop();
    thread.join();
  }
};

}  // namespace offhook::test
