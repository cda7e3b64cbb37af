#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace offhook::bench {

/// Two SIP stacks without sockets. Each stack receives what the other sends without delay, as if over UDP. Their clock advances only in
/// pass(). Throws if a call is not established, because a refused call is cheap and would falsify the measurement.
class CallPair {
 public:
  static constexpr std::size_t kMessagesOfCall = 7;   ///< INVITE 100 180 200 ACK BYE 200
  static constexpr std::size_t kMessagesOfOffer = 4;  ///< INVITE 100 200 ACK

  CallPair();
  CallPair(const CallPair&) = delete;
  CallPair& operator=(const CallPair&) = delete;

  void complete_call();
  void add_dialog();  ///< establishes a call that stays up
  void offer_anew();  ///< sends a re-INVITE in a random one of the established calls
  void pass(base::Duration time);
  [[nodiscard]] std::size_t dialogs() const { return up_.size(); }

 private:
  struct Side {
    Side(std::uint32_t number, base::SocketAddress address, base::SocketAddress other);
    base::SeededRandom random;
    sip::Stack stack;
    base::SocketAddress where;
    sip::AccountId account;
    std::vector<sip::Event> events;
  };

  [[nodiscard]] std::pair<sip::SessionId, sip::SessionId> call();
  void exchange();
  [[nodiscard]] bool drain(Side& from, Side& to);
  template <class E>
  [[nodiscard]] E take(Side& side);

  base::TimePoint now_{std::chrono::seconds(1000)};
  base::SeededRandom random_{7};
  Side caller_, called_;
  std::vector<sip::SessionId> up_;
  std::uint64_t versions_ = 1;
};

}  // namespace offhook::bench
