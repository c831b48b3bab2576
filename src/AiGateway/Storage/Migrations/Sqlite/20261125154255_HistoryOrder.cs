using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace AiGateway.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class HistoryOrder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_token_transactions_created_at",
                table: "token_transactions");

            migrationBuilder.CreateIndex(
                name: "IX_token_transactions_created_at_account_id_seq",
                table: "token_transactions",
                columns: new[] { "created_at", "account_id", "seq" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_token_transactions_created_at_account_id_seq",
                table: "token_transactions");

            migrationBuilder.CreateIndex(
                name: "IX_token_transactions_created_at",
                table: "token_transactions",
                column: "created_at");
        }
    }
}
