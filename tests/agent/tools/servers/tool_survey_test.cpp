#include <offhook/agent/tools/servers/tool_survey.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;

namespace {

constexpr const char* kPay = R"({"type":"object","properties":{"amount":{"type":"number"}}})";

AgentProfile granted(const std::string& name, const std::string& arguments) {
  AgentProfile agent;
  agent.name = "sales";
  ServerToolGrant grant;
  grant.name = name;
  grant.arguments = arguments;
  agent.server_tools.push_back(grant);
  return agent;
}

std::string told(const ToolSurvey& survey, const AgentProfile& agent) {
  std::string all;
  for (const auto& trouble : grant_troubles(survey, agent)) all += trouble.server + ": " + trouble.what;
  return all;
}

}  // namespace

TEST_CASE("grant_troubles reports a grant that gives the model no tool, because the tool is unknown or the grant does not fit the tool") {
  ToolSurvey survey;
  auto& pay = survey.tools.emplace_back();
  pay.server = "shop", pay.name = "shop__pay", pay.schema = kPay;
  CHECK(told(survey, granted("shop__pay", "")).empty());
  CHECK(told(survey, granted("shop__pay", R"({"properties":{"amount":{"maximum":50}}})")).empty());
  CHECK(told(survey, granted("shop__pay", R"({"properties":{"amuont":{"maximum":50}}})")) ==
        "shop: shop__pay is not offered to sales: its grant names an argument \"amuont\" that the tool does not have");
  CHECK(told(survey, granted("shop__pya", "")) == "shop: shop__pya is granted to sales, and there is no such tool: did you mean \"shop__pay\"?");
  CHECK(told(survey, granted("shop__delete", "")) == "shop: shop__delete is granted to sales, and there is no such tool: its server has no tool with a similar name");
}

TEST_CASE("grant_troubles reports no unknown tools of a server that has not answered") {
  ToolSurvey survey;
  survey.troubles.push_back({"shop", "it has not answered in time"});
  CHECK(told(survey, granted("shop__pay", "")).empty());
  auto& other = survey.tools.emplace_back();  // Now the server has answered, and Offhook has refused one of its tools, which is already reported.
  other.server = "shop", other.name = "shop__other", other.schema = kPay;
  survey.troubles[0].what = "shop__pay: its definition is another one";
  CHECK(told(survey, granted("shop__pay", "")).empty());
  CHECK_FALSE(told(survey, granted("shop__pey", "")).empty());
  CHECK_FALSE(told(survey, granted("shop__other", R"({"required":["x"]})")).empty());
}
