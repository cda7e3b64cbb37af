// Handles of accounts and calls: their errors, and their use after the account or the call has ended.
#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using phone::PhoneError;
using test::Pair;
using test::Telephone;

TEST_CASE_FIXTURE(Pair, "Handles may outlive their endpoint; their operations then return Closed") {
  connect();
  const phone::CallPtr call = b.call;
  phone::Account account = a.account;
  b.endpoint.reset();
  CHECK(b.engine.legs() == 0);
  CHECK(call->state() == phone::Call::State::Ended);
  CHECK(is(call->hang_up().error(), PhoneError::Closed));
  CHECK(is(call->hold().error(), PhoneError::Closed));
  CHECK(is(call->transfer("6100").error(), PhoneError::Closed));
  CHECK(is(call->prepare(b.port).error(), PhoneError::Closed));
  a.endpoint->stop();
  CHECK(is(account.unregister().error(), PhoneError::Closed));
  CHECK(is(account.refresh().error(), PhoneError::Closed));
  CHECK(is(a.call->hang_up().error(), PhoneError::Closed));
  CHECK(is(a.endpoint->dial({account, "sip:bert@127.0.0.1", {}, false}, a.port).error(), PhoneError::Closed));
  CHECK(is(a.endpoint->add_account({}).error(), PhoneError::Closed));
  a.endpoint.reset();
  CHECK(is(account.unregister().error(), PhoneError::Closed));
  CHECK_FALSE(account.registered());
}

TEST_CASE_FIXTURE(Pair, "A removed account neither receives nor makes calls, and its current call continues") {
  connect();
  a.on_thread([&] {
    CHECK(a.account.remove().has_value());
    CHECK(a.call->state() == phone::Call::State::Connected);
    CHECK(is(a.endpoint->dial({a.account, "sip:bert@127.0.0.1", {}, false}, a.port).error(), PhoneError::UnknownAccount));
    CHECK(a.call->hang_up().has_value());
  });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(is(phone::Account().remove().error(), PhoneError::UnknownAccount));
}

#ifdef NDEBUG  // A debug build aborts here.
TEST_CASE_FIXTURE(Pair, "An operation on another thread returns WrongThread and has no effect") {
  connect();
  CHECK(is(a.call->hang_up().error(), PhoneError::WrongThread));
  CHECK(is(a.call->hold().error(), PhoneError::WrongThread));
  CHECK(is(a.account.unregister().error(), PhoneError::WrongThread));
  CHECK(is(a.endpoint->add_account({}).error(), PhoneError::WrongThread));
  CHECK(is(a.endpoint->dial({a.account, "sip:bert@127.0.0.1", {}, false}, a.port).error(), PhoneError::WrongThread));
  a.on_thread([&] { CHECK(a.call->state() == phone::Call::State::Connected); });
}
#endif

TEST_CASE_FIXTURE(Pair, "The error of a call that cannot begin contains no number, because logs show it") {
  a.on_thread([&] {
    const auto dialled = a.endpoint->dial({a.account, "+49 170 1234567", {}, false}, a.port);
    REQUIRE_FALSE(dialled.has_value());
    CHECK(is(dialled.error(), PhoneError::BadTarget));
    CHECK(dialled.error().detail == "the call cannot begin: the target is not a URI that can be called; write it as sip:USER@HOST");
  });
}

TEST_CASE_FIXTURE(Pair, "A Prepared object can answer its own call once, and no other call") {
  b.answers = false;
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(b.wait_for<phone::CallOffered>());
  Telephone c("carl"), d("dora");
  d.answers = false;
  c.dial("dora", d.endpoint->sip_port());
  REQUIRE(d.wait_for<phone::CallOffered>());
  b.on_thread([&] {
    CHECK(is(b.call->prepare(b.port).error(), PhoneError::WrongState));
    REQUIRE(b.prepared.has_value());
    CHECK(b.prepared->call() == b.call->id());
    CHECK(b.call->answer(std::move(*b.prepared)).has_value());
    CHECK(is(b.call->answer(std::move(*b.prepared)).error(), PhoneError::WrongState));
    CHECK(is(b.call->reject(486).error(), PhoneError::WrongState));
  });
  REQUIRE(a.wait_for<phone::CallConnected>());
}

TEST_CASE_FIXTURE(Pair, "A call without an audio port, or with an empty account, is refused before any message is sent") {
  a.on_thread([&] {
    CHECK(is(a.endpoint->dial({a.account, "sip:bert@127.0.0.1", {}, false}, nullptr).error(), PhoneError::NoMedia));
    CHECK(is(a.endpoint->dial({phone::Account(), "sip:bert@127.0.0.1", {}, false}, a.port).error(), PhoneError::UnknownAccount));
    CHECK(a.endpoint->calls() == 0);
    phone::Account none;
    CHECK_FALSE(static_cast<bool>(none));
    CHECK(is(none.unregister().error(), PhoneError::UnknownAccount));
    CHECK(is(none.refresh().error(), PhoneError::UnknownAccount));
  });
}

TEST_CASE_FIXTURE(Pair, "Account::registration() returns the last registration event of the account") {
  a.on_thread([&] {
    sip::AccountOptions bad;
    bad.address_of_record = "no address";
    const auto account = a.endpoint->add_account(bad);
    REQUIRE(account.has_value());
    a.account = *account;
  });
  REQUIRE(a.wait_for<phone::RegistrationChanged>());
  a.on_thread([&] {
    CHECK(a.last<phone::RegistrationChanged>()->account.id() == a.account.id());
    CHECK(a.account.registration().state == sip::RegistrationChanged::State::Failed);
    CHECK_FALSE(a.account.registered());
  });
}
