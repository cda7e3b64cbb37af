// What the public interface rules out. Without MISUSE this compiles; with each number of it, it must not, for the reason named behind it.
#include <offhook/agent/phone/endpoint.hpp>

using namespace offhook;

void use(phone::Endpoint& endpoint, phone::Call& call, phone::Account account, const std::shared_ptr<media::AudioPort>& port) {
#if MISUSE == 1  // nodiscard: the call may have been refused
  endpoint.dial({account, "sip:bob@192.0.2.1", {}}, port);
#elif MISUSE == 2  // nodiscard: the other side may have been faster
  call.hang_up();
#elif MISUSE == 3  // nodiscard: it may not be a moment to be on hold
  call.hold();
#elif MISUSE == 4  // nodiscard: a registration that stays
  account.unregister();
#elif MISUSE == 5  // no matching function|too few arguments: answered without media
  (void)call.answer();
#elif MISUSE == 6  // private: media that nobody prepared
  (void)call.answer(phone::Prepared(call.id()));
#elif MISUSE == 7  // cannot convert|could not convert|no viable|no matching: a call is no account
  (void)endpoint.dial({call.id(), "sip:bob@192.0.2.1", {}}, port);
#elif MISUSE == 8  // no match|invalid operands: ids of two kinds are not compared
  (void)(call.id() == account.id());
#elif MISUSE == 9  // cannot convert|could not convert|conversion from|no viable: an id is no number
  const std::uint64_t number = call.id();
  (void)number;
#elif MISUSE == 10  // deleted: two endpoints on one socket
  phone::Endpoint copy(endpoint);
#elif MISUSE == 11  // private|protected: an endpoint that was never opened
  phone::Endpoint closed{nullptr};
#elif MISUSE == 12  // deleted: a call is one thing, its handle is the pointer
  phone::Call& other = call;
  call = other;
#elif MISUSE == 13  // deleted|no matching: what was prepared is used once
  auto prepared = call.prepare(port);
  if (prepared) (void)call.answer(*prepared);
#elif MISUSE == 14  // private|inaccessible: no members to reach into
  (void)endpoint.impl_;
#elif MISUSE == 15  // nodiscard: an account that nobody can unregister
  endpoint.add_account({});
#elif MISUSE == 16  // deleted: a stack is not copied, and so no call is in two of them
  sip::Stack* stack = nullptr;
  sip::Stack twin(*stack);
#endif
  (void)endpoint, (void)call, (void)account, (void)port;
}
