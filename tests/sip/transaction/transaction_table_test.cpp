#include <offhook/sip/transaction/transaction_table.hpp>

#include "messages.hpp"

namespace offhook::sip::transaction::test {
namespace {

TransactionId id(std::uint64_t value) {
  return TransactionId{value};
}

struct Table : TransactionTable {
  ~Table() { CHECK(is_consistent()); }
};

TEST_CASE_FIXTURE(Table, "the table finds added transactions, and does not find erased ones") {
  const Request invite;
  REQUIRE(add_client(client_key("z9hG4bKx", "INVITE"), id(1)));
  REQUIRE(add_server(keys_of(invite.message()), id(2)));
  CHECK(find_client(client_key("z9hG4bKx", "INVITE")) == id(1));
  CHECK(find_server(server_key(invite.message())) == id(2));
  CHECK_FALSE(find_server(client_key("z9hG4bKx", "INVITE")));  // Client and server keys are separate: a stack may call itself.
  CHECK(size() == 2);
  CHECK(is_consistent());
  erase(id(1));
  erase(id(2));
  erase(id(3));
  CHECK_FALSE(find_client(client_key("z9hG4bKx", "INVITE")));
  CHECK_FALSE(find_server(server_key(invite.message())));
  CHECK(size() == 0);
}

TEST_CASE_FIXTURE(Table, "the table refuses a key or an id that it already has, and does not change") {
  const Request invite;
  REQUIRE(add_server(keys_of(invite.message()), id(2)));
  CHECK(add_server(keys_of(invite.message()), id(3)) == base::fail(TableError::Duplicate));
  CHECK(add_server(keys_of(Request{}.with(&Request::branch, ";branch=z9hG4bKnew").message()), id(2)) == base::fail(TableError::Duplicate));
  CHECK(add_client(client_key("z9hG4bKx", "BYE"), id(2)) == base::fail(TableError::Duplicate));
  CHECK(size() == 1);
  CHECK(find_server(server_key(invite.message())) == id(2));
}

TEST_CASE("the table holds kMaxTransactions transactions, refuses one more, and accepts one again after an erase") {
  Table table;
  for (std::uint64_t i = 1; i <= kMaxTransactions; ++i) {
    REQUIRE(table.add_client(client_key("z9hG4bK" + std::to_string(i), "INVITE"), id(i)));
  }
  CHECK(table.size() == kMaxTransactions);
  CHECK(table.add_client(client_key("z9hG4bKmore", "INVITE"), id(9999)) == base::fail(TableError::Full));
  CHECK(table.add_server(keys_of(Request{}.message()), id(9999)) == base::fail(TableError::Full));
  CHECK(table.size() == kMaxTransactions);
  table.erase(id(17));
  CHECK(table.add_server(keys_of(Request{}.message()), id(9999)));
}

TEST_CASE("the table accepts kMaxServerTransactions server transactions, refuses one more, and still accepts client transactions") {
  Table table;
  const auto incoming = [](std::uint64_t i) {
    return Request{}.with(&Request::branch, ";branch=z9hG4bKs" + std::to_string(i));
  };
  for (std::uint64_t i = 1; i <= kMaxServerTransactions; ++i) REQUIRE(table.add_server(keys_of(incoming(i).message()), id(i)));
  CHECK(table.add_server(keys_of(incoming(9999).message()), id(9999)) == base::fail(TableError::Full));
  CHECK(table.add_client(client_key("z9hG4bKours", "REGISTER"), id(9999)));
}

TEST_CASE("a full table accepts kMaxCallTransactions more for live calls, refuses one more, and still accepts client transactions") {
  Table table;
  const auto incoming = [](std::uint64_t i) {
    return Request{}.with(&Request::branch, ";branch=z9hG4bKs" + std::to_string(i));
  };
  constexpr std::uint64_t kAll = kMaxServerTransactions + kMaxCallTransactions;
  for (std::uint64_t i = 1; i <= kAll; ++i) {
    REQUIRE(table.add_server(keys_of(incoming(i).message()), id(i), i > kMaxServerTransactions));
  }
  CHECK(table.add_server(keys_of(incoming(99999).message()), id(99999), true) == base::fail(TableError::Full));
  CHECK(table.add_client(client_key("z9hG4bKours", "REGISTER"), id(99999)));
}

TEST_CASE_FIXTURE(Table, "is_merged returns true for the same request over another path, and false for a retransmission [RFC 3261 section 8.2.2.2]") {
  const Request invite;
  const Request other_way = invite.with(&Request::branch, ";branch=z9hG4bKfork2").with(&Request::sent_by, "198.51.100.2:5060");
  CHECK_FALSE(is_merged(keys_of(other_way.message())));
  REQUIRE(add_server(keys_of(invite.message()), id(1)));
  CHECK(is_merged(keys_of(other_way.message())));
  CHECK_FALSE(is_merged(keys_of(invite.message())));
  erase(id(1));
  CHECK_FALSE(is_merged(keys_of(other_way.message())));
}

TEST_CASE_FIXTURE(Table, "is_merged returns false for a request with another From tag, Call-ID, CSeq or method, and for a request in a dialog [RFC 3261 section 8.2.2.2]") {
  const Request invite;
  const Request other_way = invite.with(&Request::branch, ";branch=z9hG4bKfork2");
  REQUIRE(add_server(keys_of(invite.message()), id(1)));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::from_tag, ";tag=f2").message())));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::call_id, "c2").message())));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::cseq, "8").message())));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::method, "OPTIONS").message())));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::to_tag, ";tag=t").message())));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::method, "ACK").message())));
  CHECK_FALSE(is_merged(keys_of(other_way.with(&Request::method, "CANCEL").message())));
}

TEST_CASE_FIXTURE(Table, "is_merged still finds the first request if the table also has a merged request, which it keeps for the 482 [RFC 3261 section 8.2.2.2]") {
  const Request invite;
  const Request other_way = invite.with(&Request::branch, ";branch=z9hG4bKfork2");
  REQUIRE(add_server(keys_of(invite.message()), id(1)));
  REQUIRE(add_server(keys_of(other_way.message()), id(2)));  // This transaction repeats the 482 until the ACK.
  CHECK(is_merged(keys_of(invite.with(&Request::branch, ";branch=z9hG4bKfork3").message())));
  erase(id(2));
  CHECK(is_merged(keys_of(other_way.message())));
  erase(id(1));
  CHECK_FALSE(is_merged(keys_of(other_way.message())));
}

}  // namespace
}  // namespace offhook::sip::transaction::test
