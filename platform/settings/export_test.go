package settings

// Prices is the table of prices, for the test of the page that shows it.
var Prices = prices
