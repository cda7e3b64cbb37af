#include <offhook/sip/dialog/dialog_set.hpp>
#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/model/limits.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;

namespace {

struct Messages {
  sip::SlabPool pool;
  sip::Message parse(const std::string& text) {
    auto parsed = sip::parse_message(pool.copy({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    REQUIRE(parsed);
    return std::move(*parsed);
  }
  sip::Message invite(const std::string& extra) {
    return parse("INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=theirs\r\nTo: <sip:b@h>\r\n"
                 "Call-ID: c\r\nCSeq: 7 INVITE\r\n" + extra + "Content-Length: 0\r\n\r\n");
  }
  sip::Message ok(const std::string& tag, const std::string& extra) {
    return parse("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=ours\r\nTo: <sip:b@h>" +
                 (tag.empty() ? std::string() : ";tag=" + tag) + "\r\nCall-ID: c\r\nCSeq: 3 INVITE\r\n" + extra +
                 "Content-Length: 0\r\n\r\n");
  }
  sip::RequestHead head() const {
    return {sip::Method::Invite, "sip:b@h", {}, "sip:b@h", "<sip:a@h>;tag=ours", "<sip:b@h>", "c", 3};
  }
};

}  // namespace

TEST_CASE_FIXTURE(Messages, "The route set of a server has the Record-Route values of all lines in their order [RFC 3261 section 12.1.1]") {
  const auto message = invite("Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\nRecord-Route: <sip:p3;lr>;x=1\r\n");
  const auto set = sip::RouteSet::from_record_route(message, sip::RouteSet::Order::AsListed);
  REQUIRE(set);
  CHECK(set->values() == std::vector<std::string>{"<sip:p1;lr>", "<sip:p2;lr>", "<sip:p3;lr>;x=1"});
  const auto path = set->path_to("sip:t@h");
  CHECK(path.request_uri == "sip:t@h");
  CHECK(path.next_hop == "sip:p1;lr");
  CHECK(path.routes.size() == 3);
}

TEST_CASE_FIXTURE(Messages, "The route set of a client has the Record-Route values in reverse order. Without Record-Route the target is the next hop [RFC 3261 section 12.1.2]") {
  const auto set =
      sip::RouteSet::from_record_route(ok("t", "Record-Route: <sip:p1;lr>, <sip:p2;lr>\r\n"), sip::RouteSet::Order::Reversed);
  REQUIRE(set);
  CHECK(set->values() == std::vector<std::string>{"<sip:p2;lr>", "<sip:p1;lr>"});
  CHECK(sip::RouteSet().path_to("sip:t@h:99").next_hop == "sip:t@h:99");
}

TEST_CASE("If the first hop is a strict router, its URI becomes the Request-URI, and the target becomes the last Route [RFC 3261 section 12.2.1.1]") {
  const auto path = sip::RouteSet::through("sip:strict:5070").path_to("sip:t@h");
  CHECK(path.request_uri == "sip:strict:5070");
  CHECK(path.next_hop == "sip:strict:5070");
  CHECK(path.routes == std::vector<std::string>{"<sip:t@h>"});
}

TEST_CASE_FIXTURE(Messages, "RouteSet accepts kMaxRoutes routes, and refuses one more") {
  std::string lines;
  for (std::size_t i = 0; i < sip::kMaxRoutes; ++i) lines += "Record-Route: <sip:p;lr>\r\n";
  CHECK(sip::RouteSet::from_record_route(invite(lines), sip::RouteSet::Order::AsListed));
  lines += "Record-Route: <sip:p;lr>\r\n";
  CHECK(sip::RouteSet::from_record_route(invite(lines), sip::RouteSet::Order::AsListed) == base::fail(sip::ParseError::TooManyValues));
}

TEST_CASE("as_request_uri removes the parts that a Request-URI must not have [RFC 3261 section 19.1.1]") {
  CHECK(sip::as_request_uri(*sip::parse_uri("sip:a@h;lr;method=BYE;x=1?Subject=evil")) == "sip:a@h;lr;x=1");
  CHECK(sip::as_request_uri(*sip::parse_uri("sip:a@h:5070;transport=tcp")) == "sip:a@h:5070;transport=tcp");
}

TEST_CASE_FIXTURE(Messages, "A server's dialog refuses a CSeq that does not rise, and takes its target from the Contact of the peer [RFC 3261 section 12.2.2]") {
  auto dialog = sip::Dialog::as_server(invite("Contact: <sip:a@c1>\r\n"), "mine");
  REQUIRE(dialog);
  CHECK_FALSE(dialog->accept_sequence(invite("")));  // This INVITE has the same CSeq as the first one.
  auto head = dialog->request(sip::Method::Bye);
  CHECK(head.request_uri == "sip:a@c1");
  CHECK(head.cseq == 1);
  CHECK(head.from == "<sip:b@h>;tag=mine");
  CHECK(head.to == "<sip:a@h>;tag=theirs");
  dialog->refresh_target(invite("Contact: <sip:a@c2>\r\n"));
  CHECK(dialog->request(sip::Method::Bye).request_uri == "sip:a@c2");
  dialog->refresh_target(invite("Contact: <tel:123>\r\n"));
  dialog->refresh_target(invite(""));
  CHECK(dialog->remote_target() == "sip:a@c2");
  CHECK(sip::Dialog::as_server(invite(""), "mine") == base::fail(sip::ParseError::MissingHeader));
}

TEST_CASE_FIXTURE(Messages, "In a client's dialog the ACK has the CSeq of the INVITE, and the next request has the next CSeq [RFC 3261 section 13.2.2.4]") {
  auto dialog = sip::Dialog::as_client(head(), ok("t", "Contact: <sip:b@c>\r\n"));
  REQUIRE(dialog);
  CHECK(dialog->ack(3).cseq == 3);
  CHECK(dialog->request(sip::Method::Bye).cseq == 4);
  CHECK(dialog->id() == sip::DialogId{"c", "ours", "t"});
}

TEST_CASE_FIXTURE(Messages, "DialogSet keeps kMaxForks early dialogs, and creates no further one") {
  sip::DialogSet set;
  for (std::size_t i = 0; i < sip::kMaxForks; ++i) CHECK(set.find_or_make(head(), ok("t" + std::to_string(i), "")) != nullptr);
  CHECK(set.find_or_make(head(), ok("more", "")) == nullptr);
  CHECK(set.find_or_make(head(), ok("t3", "")) != nullptr);
  CHECK(set.size() == sip::kMaxForks);
  CHECK(set.find_party(set.find("t4")->remote()) == set.find("t4"));
  CHECK(set.find_party("<sip:a@h>;tag=more") == nullptr);
  set.forget("t3");
  CHECK(set.size() == sip::kMaxForks - 1);
  CHECK(set.find("t3") == nullptr);
}
