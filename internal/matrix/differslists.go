package main

import (
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

var (
	paged     = console.Options{Users: 130} // more than one page of the longest, or window, on every layout
	neoOrNeo3 = []string{"neo", "neo3"}
	listLeave = []userops.Action{list, userops.Deactivate}
)

// differingLists are lists that are drawn, filtered, counted or paged otherwise.
var differingLists = []difference{
	{with: "email-with-soft-hyphens", actions: listLeave, layouts: neoOrNeo3, harmless: true},
	{with: "email-with-soft-hyphens-linked", actions: lists, layouts: neo, harmless: true},
	{with: "email-cut-short", actions: lists, layouts: neoOrNeo3, harmless: true},
	{with: "email-cut-short-titled", actions: lists, layouts: neoOrNeo3, harmless: true},
	{with: "email-cut-short-linked", actions: lists, layouts: classic, harmless: true},
	{with: "email-with-label", actions: lists, layouts: neoOrNeo3, harmless: true},
	{with: "email-with-label-linked", actions: lists, layouts: neo, harmless: true},
	{with: "email-in-capitals-by-style", actions: listLeave, layouts: neoOrNeo3, harmless: true},
	{with: "email-cut-by-style", actions: lists, layouts: forms, harmless: true},
	{with: "email-linked", actions: listLeave, harmless: true},
	{with: "email-with-break-chances", actions: lists, layouts: neo, harmless: true},
	{with: "mail-link-before-name", actions: listLeave, layouts: forms, harmless: true},
	{with: "user-link-opens-tab", actions: leaves, layouts: forms, harmless: true},
	{with: "person-without-name", actions: listLeave, harmless: true},
	{with: "status-invited", actions: listLeave, harmless: true},
	{with: "status-locked", actions: leaves, layouts: neo, harmless: true},
	{with: "person-without-email", actions: listLeave, harmless: true},
	{with: "second-table-hidden", actions: lists, harmless: true},
	{with: "second-table-off-screen", actions: lists, layouts: neo, harmless: true},
	{with: "second-table-out-of-tree", actions: leaves, layouts: neo, harmless: true},
	{with: "second-table-in-template", actions: lists, layouts: classic, harmless: true},
	{with: "total-row", actions: listLeave, layouts: neo, harmless: true},
	{with: "group-rows", actions: listLeave, layouts: classic, harmless: true},
	{with: "skeleton-rows", actions: lists, harmless: true},
	{with: "columns-in-another-order", actions: lists, harmless: true},
	{with: "manager-column", actions: listLeave, harmless: true},
	{with: "administrators-apart", actions: lists},
	{with: "counter-with-roles", actions: lists, harmless: true},
	{with: "counter-with-page", actions: lists, harmless: true},
	{with: "counter-with-licences", actions: lists, layouts: neoOrNeo3}, // it does not count users
	{with: "counter-of-rows-drawn", actions: lists, layouts: neoOrNeo3},
	{with: "counter-of-rows-drawn+pager-late", actions: lists, options: paged},
	{with: "counter-of-range-drawn+pager-late", actions: lists, options: paged},
	{with: "counter-late", actions: lists, harmless: true},
	{with: "counter-stale-first", actions: lists, layouts: neo, harmless: true},
	{with: "pager-late", actions: lists, options: paged},
	{with: "list-grows-as-scrolled", actions: lists, options: paged},
	{with: "filter-waits-400ms", actions: lists, harmless: true},
	{with: "filter-waits-900ms", actions: []userops.Action{list, userops.Reactivate}, harmless: true},
	{with: "filter-unchecks-itself", actions: lists},
	{with: "search-remembered", actions: []userops.Action{list, userops.Invite}},
	{with: "page-remembered", actions: lists, options: paged, harmless: true},
	{with: "page-remembered+counter-of-rows-drawn", actions: lists, layouts: neo, options: paged},
	{with: "pages-of-ten", actions: lists, harmless: true},
	{with: "filters-lost-on-next-page", actions: lists, options: paged},
	{with: "filters-lost-on-next-page+counter-of-rows-drawn", actions: lists, options: paged, layouts: neo},
	{with: "next-on-last-page", actions: lists, harmless: true},
	{with: "one-person-on-two-pages", actions: lists, options: paged},
	{with: "rows-shift-while-paging", actions: lists, options: paged},
}

// differingMotion is what only costs stepTimeout, and requests that name nobody.
var differingMotion = []difference{
	{with: "pulsing-button", actions: taking, harmless: true},
	{with: "shifting-button", actions: leaves, harmless: true},
	{with: "late-banner", actions: leaves, harmless: true},
	{with: "support-chat", actions: taking, harmless: true},
	{with: "suggestions-over-form", actions: invites, harmless: true},
	{with: "roles-in-batches", actions: []userops.Action{userops.Invite, userops.SetRole}, harmless: true},
	{with: "load-never-ends", actions: leaves, harmless: true},
	{with: "frame-scaled", actions: taking, harmless: true},
	{with: "frame-zoomed", actions: leaves, harmless: true},
	{with: "previous-person-first", actions: leaves, harmless: true},
	{with: "button-enabled-late", actions: taking, harmless: true},
	{with: "drawn-anew-each-second", actions: leaves, harmless: true},
	{with: "focus-moves-on", actions: invites, harmless: true},
	{with: "tooltip-over-button", actions: leaves, layouts: neoOrNeo3, harmless: true},
	{with: "header-stays-on-top", actions: leaves, layouts: neo, harmless: true},
	{with: "overlay-fades", actions: leaves, harmless: true},
	{with: "token-of-each-page", actions: []userops.Action{userops.Invite, userops.Deactivate, userops.SetRole}, harmless: true},
	{with: "strict-policy", actions: []userops.Action{userops.Invite, userops.Deactivate, list}, harmless: true},
	{with: "cookies-blocked", actions: leaves, layouts: neoOrNeo3},
	{with: "heartbeats", actions: taking, harmless: true},
	{with: "tells-on-socket", actions: leaves, may: mayUnknown},
	{with: "tells-on-socket-packed", actions: leaves, may: mayUnknown},
	{with: "asks-by-graphql-first", actions: leaves, harmless: true},
	{with: "telemetry", actions: leaves, harmless: true},
	{with: "looks-before-it-sends", actions: leaves, harmless: true},
	{with: "reads-by-post", actions: listLeave, harmless: true},
}
